// With Vitest each test file has metrics of its own, in threads as in processes.
import { register } from 'mpmetrics';
import { beforeEach, expect, test } from 'vitest';
import { order } from './orders.mjs';

beforeEach(() => register.resetMetrics());

test('an order is counted', async () => {
  order('tea');
  order('tea');
  expect(await register.metrics()).toContain('orders_total{kind="tea"} 2\n');
});

test('and forgotten before the next test', async () => {
  expect(await register.metrics()).not.toContain('tea');
});
