// With Jest each test file has metrics of its own, in one process (--runInBand) as in several.
const { register } = require('mpmetrics');

beforeEach(() => register.resetMetrics());

test('an order is counted', async () => {
  const { order } = require('./orders.cjs');
  order('tea');
  order('tea');
  expect(await register.metrics()).toContain('orders_total{kind="tea"} 2\n');
});

test('and forgotten before the next test', async () => {
  expect(await register.metrics()).not.toContain('tea');
});
