// The exports of `mpmetrics/testing` in a test runner. The head imports them as `testing`.

const { isolate, matchers } = testing;
expect.extend(matchers);

const orders = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['kind'] });
const seconds = new Histogram({ name: 'order_seconds', help: 'Time', buckets: [1, 5] });

test('values are matched', async () => {
  const restore = isolate();
  orders.inc({ kind: 'tea' }, 2);
  seconds.observe(3);
  await expect(orders).toHaveMetricValue(2, { kind: 'tea' });
  await expect(orders).not.toHaveMetricValue(1, { kind: 'tea' });
  await expect(orders).toHaveMetricValue(undefined, { kind: 'coffee' });
  await expect(seconds).toHaveMetricValue({ count: 1, buckets: { 1: 0, 5: 1, '+Inf': 1 } });
  await expect(expect(orders).toHaveMetricValue(3, { kind: 'tea' })).rejects.toThrow(
    "orders_total{ kind: 'tea' } is 2, and should be 3",
  );
  restore();
  await expect(orders).toHaveMetricValue(undefined, { kind: 'tea' });
});

test('pages are matched', async () => {
  orders.inc({ kind: 'tea' });
  const text = `
    # HELP orders_total Orders
    # TYPE orders_total counter
    orders_total{kind="tea"} 1
  `;
  await expect(register).toShowMetrics(text);
  await expect(orders).toShowMetrics(text);
  await expect(orders).not.toShowMetrics(text.replace('1', '2'));
});

test('rules are matched', async () => {
  await expect(register).toPassLint();
  const restore = isolate();
  new Counter({ name: 'orderCount', help: 'Orders' });
  await expect(register).not.toPassLint();
  await expect(expect(register).toPassLint()).rejects.toThrow(/orderCount: .*_total/);
  restore();
  await expect(register).toPassLint();
});
