// A summary's cells after an interruption, without room, and after others have removed their series.

import test from 'ava';
import { Registry, Summary } from '../index';
import type { FamilyCell } from '../src/cell/cell';
import { DirectSummaryCell } from '../src/cell/summary-cell';
import { layout } from '../src/heap/native';
import { seriesOf, summary, valuesOf } from './support/metrics';

/** Count, sum and quantiles of a summary without labels. */
async function seen(metric: Summary): Promise<{ count: number; sum: number; quantiles: number[] }> {
  const values = (await valuesOf(metric)).map(({ value }) => value);
  const [sum = NaN, count = NaN] = values.slice(-2);
  return { count, sum, quantiles: values.slice(0, -2) };
}

function isClose(found: number | undefined, exact: number): boolean {
  return Math.abs((found ?? NaN) - exact) <= Math.abs(exact) * 0.01;
}

test('the next update completes an interrupted observation', async (t) => {
  const metric = summary({ percentiles: [0.5] });
  metric.observe(0.5);
  const cell = seriesOf(metric).unlabelled as unknown as FamilyCell<unknown> & { cell: number };
  const location = cell.family.attachment.locate(cell.cell);
  if (location === null) return void t.pass('this isolate does not see its cells');
  const { f64, u32, base } = location;
  // The state after a stack overflow between the stores: the intent is written and the sequence number is odd.
  f64[base + layout.summaryIntentCount] = 2;
  f64[base + layout.summaryIntentSum] = 7.5;
  (u32[2 * (base + layout.summarySequence)] as number) += 1;
  t.like(await seen(metric), { count: 2, sum: 7.5 });
  metric.observe(0.25);
  t.like(await seen(metric), { count: 3, sum: 7.75 });
  t.is((u32[2 * (base + layout.summarySequence)] as number) % 2, 0);
  return undefined;
});

test('without room for bins, values are counted but missing from the quantiles', async (t) => {
  const metric = summary({ percentiles: [1] });
  const cell = seriesOf(metric).unlabelled as unknown as {
    spill?: () => boolean;
    bins?: () => null;
  };
  if (!(seriesOf(metric).unlabelled instanceof DirectSummaryCell))
    return void t.pass('Rust decides that here');
  for (let value = 1; value <= 32; value += 1) metric.observe(value);
  cell.spill = () => false;
  metric.observe(1000);
  t.deepEqual(await seen(metric), { count: 33, sum: 1528, quantiles: [32] });
  delete cell.spill;
  metric.observe(1000);
  t.true(isClose((await seen(metric)).quantiles[0], 1000));
  cell.bins = () => null;
  metric.observe(1e6);
  delete cell.bins;
  const { count, quantiles } = await seen(metric);
  t.is(count, 35);
  t.true(isClose(quantiles[0], 1000));
  return undefined;
});

test('the next update begins a removed series anew, with new bins', async (t) => {
  for (const given of [{}, { maxAgeSeconds: 600, ageBuckets: 2 }]) {
    const metric = summary({ percentiles: [0, 1], ...given });
    const child = metric.labels();
    for (let round = 0; round < 3; round += 1) {
      for (let value = 1; value <= 1000; value += 1) child.observe(value * 10 ** round);
      const { count, quantiles } = await seen(metric);
      t.is(count, 1000);
      t.true(isClose(quantiles[0], 10 ** round) && isClose(quantiles[1], 10 ** (3 + round)));
      // As another process would do it.
      for (const family of seriesOf(metric).families) {
        if (round === 0) family.remove({});
        else family.reset();
      }
    }
    child.observe(5);
    t.deepEqual(await seen(metric), { count: 1, sum: 5, quantiles: [5, 5] });
  }
});

test('many series keep their values separate', async (t) => {
  const metric = summary({ labelNames: ['x'], percentiles: [0.5, 1] });
  const exponents = Array.from({ length: 60 }, (_, index) => index - 30);
  for (let time = 0; time < 50; time += 1) {
    // Each series has its own octaves, and all have 0 and a negative value.
    for (const x of exponents) {
      for (const value of [0, -1, 2 ** x, 1.5 * 2 ** x]) metric.observe({ x }, value);
    }
  }
  const values = await valuesOf(metric);
  for (const [index, x] of exponents.entries()) {
    const [half, all, sum, count] = values.slice(4 * index).map(({ value }) => value);
    t.is(half, 0);
    t.true(isClose(all, 1.5 * 2 ** x));
    t.is(count, 200);
    t.true(Math.abs((sum as number) - 50 * (2.5 * 2 ** x - 1)) < 1e-3 * 2 ** Math.max(0, x));
  }
});

test('in registries with different default labels each has the summary', async (t) => {
  const registers = ['a', 'b'].map((app) => {
    const registry = new Registry();
    registry.setDefaultLabels({ app });
    return registry;
  });
  const metric = new Summary({ name: 's', help: 'S', percentiles: [0.5], registers });
  for (let value = 1; value <= 99; value += 1) metric.observe(value);
  for (const [index, app] of ['a', 'b'].entries()) {
    const text = await (registers[index] as Registry).metrics();
    t.true(text.endsWith(`s_sum{app="${app}"} 4950\ns_count{app="${app}"} 99\n`));
  }
  // The values move to the new series.
  registers[0]?.setDefaultLabels({ app: 'b' });
  t.true((await (registers[0] as Registry).metrics()).endsWith('s_count{app="b"} 99\n'));
});

test('too many windows for a cell become longer windows', async (t) => {
  const metric = summary({ maxAgeSeconds: 600, ageBuckets: 1000, percentiles: [1] });
  t.like(seriesOf(metric).descriptor.declaration, { windows: 50, interval: 12 });
  metric.observe(1);
  t.deepEqual(await seen(metric), { count: 1, sum: 1, quantiles: [1] });
  for (const half of [{ maxAgeSeconds: 60 }, { ageBuckets: 5 }]) {
    t.like(seriesOf(summary(half)).descriptor.declaration, { windows: 0, interval: 0 });
  }
});
