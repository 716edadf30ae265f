// Cells without memory, after an interrupted update, and after another process has removed their series.

import test from 'ava';
import { Counter, Gauge, Histogram, Registry, Summary } from '../index';
import { layout } from '../src/heap/native';
import type { Attachment } from '../src/heap/attachment';
import { DirectCell, type FamilyCell } from '../src/cell/cell';
import { counter, gauge, histogram, seriesOf, valuesOf } from './support/metrics';

/** The families that a metric has inside. */
interface Inside {
  readonly families: readonly { readonly attachment: Attachment }[];
}

function attachmentOf(metric: Parameters<typeof seriesOf<Inside>>[0]): Attachment {
  return seriesOf(metric).families[0]?.attachment as Attachment;
}

test('the tier is the requested one', (t) => {
  const metric = counter();
  const isDirect = process.env['MPMETRICS_TIER'] !== 'native' && layout.directTier;
  t.is(attachmentOf(metric).tier, isDirect ? 'direct' : 'native');
  t.is(seriesOf(metric).unlabelled instanceof DirectCell, isDirect);
});

test.serial(
  'without memory, updates do not throw: gauges are kept, and others count in the overflow series',
  async (t) => {
    const registers = [new Registry()];
    const labelNames = ['x'];
    const metrics = [
      new Counter({ name: 'c', help: 'C', labelNames, registers }),
      new Gauge({ name: 'g', help: 'G', labelNames, registers }),
      new Gauge({ name: 's', help: 'S', labelNames, registers, aggregator: 'shared' }),
      new Histogram({ name: 'h', help: 'H', labelNames, registers, buckets: [1] }),
      new Summary({ name: 'm', help: 'M', labelNames, registers, percentiles: [0.5] }),
    ] as const;
    const [count, set, share, observe, summary] = metrics;
    let updates = 0;
    const update = (): void => {
      updates += 1;
      count.inc({ x: 1 });
      set.inc({ x: 1 });
      share.inc({ x: 1 });
      observe.observe({ x: 1 }, 2);
      summary.observe({ x: 1 }, 2);
    };
    const attachment = attachmentOf(count) as unknown as { entryOf?: () => number };
    const warnings: string[] = [];
    const listen = (warning: Error & { code?: string }): unknown =>
      warnings.push(warning.code ?? warning.message);
    process.on('warning', listen);
    let attempts = 0;
    attachment.entryOf = () => {
      attempts += 1;
      return 0;
    };
    for (let round = 0; round < 640; round += 1) update();
    t.true(attempts >= 50 && attempts <= 60, `${attempts} attempts`);
    delete attachment.entryOf;
    /** The values of the overflow series, or of the other series, by metric. */
    const found = async (isOverflow: boolean): Promise<number[][]> =>
      Promise.all(
        metrics.map(async (metric) =>
          (await valuesOf(metric as Counter))
            .filter(({ labels }) => 'otel_metric_overflow' in labels === isOverflow)
            .map(({ value }) => Number(value.toFixed(1))),
        ),
      );
    const counted = (times: number, gauges: number[]): number[][] => [
      [times],
      gauges,
      gauges,
      [0, times, 2 * times, times],
      [2, 2 * times, times],
    ];
    t.deepEqual(await found(false), [[], [], [], [], []]);
    t.deepEqual(await found(true), counted(640, []));
    for (let round = 0; round < 64; round += 1) update();
    // Each metric has tried again after 64 updates at most. The overflow series keeps its counts.
    const [missed, own] = [await found(true), await found(false)];
    t.true(missed.every((values, metric) => (values.at(-1) ?? 0) < updates && own[metric]?.length));
    const all = own.map((values, metric) =>
      values.map((value, index) =>
        metric === 4 && index === 0 ? value : value + (missed[metric]?.[index] ?? 0),
      ),
    );
    t.deepEqual(all, counted(updates, [updates]));
    update();
    t.deepEqual(await found(true), missed);
    await new Promise(setImmediate);
    process.off('warning', listen);
    t.deepEqual(warnings, Array(5).fill('MPMETRICS_FULL'));
  },
);

test.serial('a time that is set without memory is kept as a time', async (t) => {
  const metric = gauge({ labelNames: ['x'] });
  const attachment = attachmentOf(metric) as unknown as { entryOf?: () => number };
  attachment.entryOf = () => 0;
  metric.setToCurrentTime({ x: 1 });
  t.deepEqual(await valuesOf(metric), []);
  delete attachment.entryOf;
  for (let round = 0; round < 64; round += 1) metric.inc({ x: 1 }, 0);
  const [found] = await valuesOf(metric);
  t.true(found !== undefined && Math.abs(found.value - Date.now() / 1000) < 600);
});

test('the next update completes an interrupted observation', async (t) => {
  const metric = histogram({ buckets: [1] });
  metric.observe(0.5);
  const cell = seriesOf(metric).unlabelled as unknown as FamilyCell<unknown> & { cell: number };
  const location = attachmentOf(metric).locate(cell.cell);
  if (location === null) return void t.pass('this isolate does not see its cells');
  const { f64, u32, base } = location;
  // The state after a stack overflow between the stores: the intent is written and the sequence number is odd.
  f64[base + layout.histogramIntentBucket] = 1;
  f64[base + layout.histogramIntentCount] = 1;
  f64[base + layout.histogramIntentSum] = 7.5;
  (u32[2 * (base + layout.histogramSequence)] as number) += 1;
  const values = async (): Promise<number[]> => (await valuesOf(metric)).map(({ value }) => value);
  t.deepEqual(await values(), [1, 2, 7.5, 2]);
  metric.observe(0.25);
  t.deepEqual(await values(), [2, 3, 7.75, 3]);
  t.is((u32[2 * (base + layout.histogramSequence)] as number) % 2, 0);
  return undefined;
});

test('the next update begins a series anew after others have removed it', async (t) => {
  const count = counter({ labelNames: ['x'] });
  const child = count.labels('1');
  child.inc(5);
  // As another process would do it.
  for (const family of seriesOf(count).families) family.remove({ x: '1' });
  child.inc(2);
  t.deepEqual(await valuesOf(count), [{ value: 2, labels: { x: '1' } }]);
  for (const family of seriesOf(count).families) family.reset();
  t.deepEqual(await valuesOf(count), []);
  count.inc({ x: '1' });
  t.deepEqual(await valuesOf(count), [{ value: 1, labels: { x: '1' } }]);

  const observe = histogram({ buckets: [1] });
  observe.observe(3);
  for (const family of seriesOf(observe).families) family.reset();
  observe.observe(4);
  t.is((await valuesOf(observe)).at(-1)?.value, 1);

  const set = gauge();
  set.set(5);
  for (const family of seriesOf(set).families) family.reset();
  set.inc();
  t.deepEqual(await valuesOf(set), [{ value: 1, labels: {} }]);
});

test('many series of many metrics keep their values separate', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  const metrics = Array.from({ length: 20 }, (_, index) => ({
    count: new Counter({ name: `c${index}`, help: 'C', labelNames: ['x'], registers }),
    set: new Gauge({ name: `g${index}`, help: 'G', labelNames: ['x'], registers }),
    observe: new Histogram({ name: `h${index}`, help: 'H', labelNames: ['x'], registers }),
  }));
  for (let x = 0; x < 100; x += 1) {
    for (const [index, { count, set, observe }] of metrics.entries()) {
      count.inc({ x }, 1000 * index + x);
      set.set({ x }, 2000 * index + x);
      observe.observe({ x }, 3000 * index + x);
    }
  }
  for (const [index, { count, set, observe }] of metrics.entries()) {
    const expect = (factor: number): number[] =>
      Array.from({ length: 100 }, (_, x) => factor * index + x);
    t.deepEqual(
      (await valuesOf(count)).map(({ value }) => value),
      expect(1000),
    );
    t.deepEqual(
      (await valuesOf(set)).map(({ value }) => value),
      expect(2000),
    );
    const sums = (await valuesOf(observe)).filter(({ metricName }) => metricName?.endsWith('_sum'));
    t.deepEqual(
      sums.map(({ value }) => value),
      expect(3000),
    );
  }
});
