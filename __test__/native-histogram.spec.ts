// Native histograms, as users meet them: exact sparse buckets beside the classic ones.

import test from 'ava';
import { Histogram, Registry } from '../index';
import { layout } from '../src/heap/native';
import { histogram, seriesOf } from './support/metrics';
import { DISTRIBUTIONS, valuesOf } from './native/distributions';
import { boundOf, bucketsOf, expected, quantileOf, seriesRead } from './native/sparse';

for (const name of Object.keys(DISTRIBUTIONS)) {
  test(`values of a ${name} distribution are in exactly the buckets of a reference`, async (t) => {
    const values = valuesOf(name, 20_000);
    for (const [factor, schema] of [
      [1.1, 3],
      [2, 0],
      [1.005, 8],
      [16, -2],
    ] as const) {
      const metric = histogram({ native: { factor, maxBuckets: 768, maxZeroThreshold: 0 } });
      // The finest schema has room for a part of the values.
      const observed = schema === 8 ? values.slice(0, 500) : values;
      for (const value of observed) metric.observe(value);
      t.deepEqual(await bucketsOf(metric), expected(observed, schema));
    }
  });

  test(`quantiles of a ${name} distribution are within the factor`, async (t) => {
    const values = valuesOf(name, 20_000);
    const sorted = values.toSorted((one, other) => one - other);
    for (const factor of [1.1, 1.5, 2]) {
      const metric = histogram({ native: { factor, maxBuckets: 768 } });
      for (const value of values) metric.observe(value);
      const buckets = await bucketsOf(metric);
      for (const part of [0.5, 0.9, 0.99]) {
        const exact = sorted[Math.ceil(part * sorted.length) - 1] as number;
        const ratio = quantileOf(buckets, part) / exact;
        const most = Math.sqrt(factor) * (1 + 1e-9);
        t.true(ratio >= 1 / most && ratio <= most, `${part} of ${factor}: ${ratio}`);
      }
    }
  });
}

test('bounds and their neighbours are in the right buckets, in all schemas', async (t) => {
  for (let schema = -4; schema <= 8; schema += 1) {
    const factor = 2 ** (2 ** -schema) * (1 + 1e-12);
    const metric = histogram({ native: { factor, maxBuckets: 768 } });
    const values: number[] = [];
    for (let index = -100; index <= 100; index += 1) {
      const bound = boundOf(index * (schema < 0 ? 1 : 2 ** schema / 4), schema);
      if (bound > 1e300 || bound < 1e-30) continue;
      values.push(bound, bound * (1 + Number.EPSILON), bound * (1 - Number.EPSILON / 2), -bound);
    }
    for (const value of values) metric.observe(value);
    t.deepEqual(await bucketsOf(metric), expected(values, schema), `${schema}`);
  }
});

test('zeroes, NaN, infinities and the least and greatest numbers have their places', async (t) => {
  const metric = histogram({ native: { factor: 2, zeroThreshold: 0 }, buckets: [1] });
  const values = [0, -0, NaN, Infinity, -Infinity, Number.MAX_VALUE, 1, -1, NaN];
  for (const value of [...values, Number.MIN_VALUE, 2 ** -1060]) metric.observe(value);
  const found = await bucketsOf(metric);
  t.deepEqual(found, {
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 2,
    count: 11,
    positive: { '-1074': 1, '-1060': 1, 0: 1, 1024: 1, 1025: 1 },
    negative: { 0: 1, 1025: 1 },
  });
  const { sum, bucketCounts } = await seriesRead(metric);
  t.deepEqual(bucketCounts, [7, 4], 'NaN is above all bounds');
  t.deepEqual(sum, NaN);
  const labelled = histogram({ labelNames: ['a'], native: true });
  labelled.labels('x').observe(-Infinity);
  labelled.observe({ a: 'x' }, NaN);
  t.is((await bucketsOf(labelled)).count, 2);
});

test('texts show classic buckets as well, or only sum and count', async (t) => {
  const registry = new Registry();
  const about = { help: 'H', registers: [registry] };
  new Histogram({ ...about, name: 'both', buckets: [1], native: true }).observe(0.5);
  new Histogram({ ...about, name: 'sparse', buckets: [], native: true }).observe(0.5);
  t.is(
    await registry.metrics(),
    '# HELP both H\n# TYPE both histogram\n' +
      'both_bucket{le="1"} 1\nboth_bucket{le="+Inf"} 1\nboth_sum 0.5\nboth_count 1\n\n' +
      '# HELP sparse H\n# TYPE sparse histogram\n' +
      'sparse_bucket{le="+Inf"} 1\nsparse_sum 0.5\nsparse_count 1\n',
  );
});

test('too many buckets widen the zero bucket and halve the resolution', async (t) => {
  const values = valuesOf('log-normal', 5000);
  const metric = histogram({ native: { factor: 1.005, maxBuckets: 30, maxZeroThreshold: 0.01 } });
  for (const value of values) metric.observe(value);
  const found = await bucketsOf(metric);
  t.true(Object.keys(found.positive).length <= 30);
  t.true(found.schema < 8 && found.schema >= 1, `${found.schema}`);
  t.true(found.zeroThreshold <= 0.01);
  t.deepEqual(found, expected(values, found.schema, found.zeroThreshold));
});

test('with minResetSeconds the whole series starts again', async (t) => {
  const metric = histogram({ native: { maxBuckets: 3, minResetSeconds: 1e-6 } });
  for (const value of [1, 2, 4]) metric.observe(value);
  const { created } = await seriesRead(metric);
  metric.observe(8);
  const after = await seriesRead(metric);
  t.is(after.count, 1);
  t.true(after.created > created);
});

test('series of labels, resets and removals', async (t) => {
  const metric = histogram({ labelNames: ['a'], native: true });
  for (let turn = 0; turn < 3; turn += 1) {
    for (let value = 0; value < 700; value += 1) metric.observe({ a: `${value % 7}` }, value);
    const buckets = await bucketsOf(metric);
    t.deepEqual(
      buckets,
      expected(
        Array.from({ length: 100 }, (_, index) => 7 * index),
        3,
      ),
    );
    if (turn === 0) metric.reset();
    else for (let value = 0; value < 7; value += 1) metric.remove(`${value}`);
  }
});

test('a histogram in no registry, and one that moves into another', async (t) => {
  const values = valuesOf('bimodal', 1000);
  const metric = histogram({ registers: [], native: { factor: 1.1 } });
  for (const value of [...values, 0, NaN, -3, Infinity]) metric.observe(value);
  const first = new Registry();
  first.registerMetric(metric);
  t.deepEqual(await bucketsOf(metric), expected([...values, 0, NaN, -3, Infinity], 3));
  const second = new Registry();
  second.setDefaultLabels({ app: 'shop' });
  second.registerMetric(metric);
  first.removeSingleMetric(metric.name);
  metric.observe(3);
  t.deepEqual(await bucketsOf(metric), expected([...values, 0, NaN, -3, Infinity, 3], 3));
  const { sum, bucketCounts } = await seriesRead(metric);
  t.is(
    bucketCounts?.reduce((total, count) => total + count),
    1005,
  );
  t.is(sum, NaN);
});

test('a contribution that is coarser makes the receiver as coarse', async (t) => {
  const values = valuesOf('uniform', 3000);
  const metric = histogram({ native: { factor: 1.005, maxBuckets: 20 } });
  for (const value of values) metric.observe(value);
  const before = await bucketsOf(metric);
  const registry = new Registry();
  registry.setDefaultLabels({ app: 'shop' });
  const [first] = metric.registers;
  registry.registerMetric(metric);
  first?.removeSingleMetric(metric.name);
  t.deepEqual(await bucketsOf(metric), before);
});

test.serial(
  'values whose series cannot be made are in the sparse buckets of the overflow series',
  async (t) => {
    const metric = histogram({ labelNames: ['a'], native: { factor: 1.005, maxBuckets: 25 } });
    const { families } = seriesOf(metric);
    const attachment = families[0]?.attachment as unknown as { entryOf?: () => number };
    attachment.entryOf = () => 0;
    const values = [...valuesOf('log-normal', 500), 0, NaN, -Infinity];
    for (const value of values.slice(0, -64)) metric.observe({ a: 'x' }, value);
    delete attachment.entryOf;
    for (const value of values.slice(-64)) metric.observe({ a: 'x' }, value);
    const [overflow, own] = [await bucketsOf(metric), await bucketsOf(metric, 1)];
    t.true(overflow.count >= values.length - 64);
    t.deepEqual(overflow, expected(values.slice(0, overflow.count), overflow.schema));
    t.deepEqual(own, expected(values.slice(overflow.count), own.schema));
    t.true(overflow.schema < 8);
  },
);

test('the next update completes an interrupted observation', async (t) => {
  const metric = histogram({ buckets: [1], native: true });
  metric.observe(0);
  metric.observe(3);
  const { families, unlabelled } = seriesOf(metric);
  const attachment = families[0]?.attachment;
  const location = attachment?.locate((unlabelled as unknown as { cell: number }).cell) ?? null;
  if (location === null) return void t.pass('this isolate does not see its cells');
  const { f64, u32, base } = location;
  // The state after a stack overflow between the stores: the intent is written and the sequence number is odd.
  f64[base + layout.histogramIntentBucket] = 0;
  f64[base + layout.histogramIntentCount] = 2;
  f64[base + layout.histogramIntentSum] = 3;
  const native = base + layout.histogramBuckets + 2;
  f64[native + layout.nativeIntentWord] = layout.nativeZero;
  f64[native + layout.nativeIntentValue] = 2;
  (u32[2 * (base + layout.histogramSequence)] as number) += 1;
  t.deepEqual(await bucketsOf(metric), expected([0, 0, 3], 3));
  metric.observe(3);
  t.deepEqual(await bucketsOf(metric), expected([0, 0, 3, 3], 3));
  t.is((u32[2 * (base + layout.histogramSequence)] as number) % 2, 0);
  return undefined;
});

test('the next update begins a series anew after others have removed it', async (t) => {
  const metric = histogram({ labelNames: ['a'], native: true });
  const child = metric.labels('x');
  for (const value of [1, 2, 3]) child.observe(value);
  for (const family of seriesOf(metric).families) family.remove({ a: 'x' });
  child.observe(2);
  t.deepEqual(await bucketsOf(metric), expected([2], 3));
});

test('exemplars: ten at most, also without classic buckets', async (t) => {
  const metric = histogram({
    buckets: [],
    native: true,
    enableExemplars: true,
    registers: [new Registry(Registry.OPENMETRICS_CONTENT_TYPE)],
  });
  for (let power = 0; power < 20; power += 1) {
    metric.observe({ value: 2 ** power, exemplarLabels: { trace_id: `${power}` } });
  }
  const { native, exemplars } = await seriesRead(metric);
  t.deepEqual(
    native.exemplars.map(({ value }) => value).toSorted((one, other) => one - other),
    Array.from({ length: 10 }, (_, index) => 2 ** (index + 10)),
  );
  t.deepEqual(
    exemplars.map(({ bucket }) => bucket),
    [0],
  );
});

test('options are copied and validated', (t) => {
  const native = { factor: 1.5 };
  const metric = histogram({ native });
  native.factor = 3;
  t.like(metric.native, { factor: 1.5, maxBuckets: 160, zeroThreshold: 2 ** -128 });
  t.true(Object.isFrozen(metric.native));
  t.is(histogram().native, null);
  t.is(histogram({ native: false }).native, null);
  t.is(histogram({ native: true }).native?.factor, 1.1);
  const wrong: unknown[] = [
    1,
    'yes',
    { factor: 1 },
    { factor: NaN },
    { factor: '2' },
    { zeroThreshold: -1 },
    { zeroThreshold: Infinity },
    { maxBuckets: 0 },
    { maxBuckets: 1.5 },
    { maxBuckets: 769 },
    { minResetSeconds: -1 },
    { maxZeroThreshold: NaN },
    { factr: 2 },
    0,
    '',
  ];
  for (const given of wrong) {
    t.throws(() => histogram({ native: given as never }), {
      instanceOf: TypeError,
      code: 'MPMETRICS_BAD_ARGUMENT',
      message: /native/,
    });
  }
  t.throws(() => histogram().observe(NaN), { instanceOf: TypeError });
  t.throws(() => histogram({ native: true }).observe('1' as never), { instanceOf: TypeError });
});

test('getOrCreate() tells native histograms apart', (t) => {
  const about = { name: 'h', help: 'H', registers: [new Registry()] };
  const metric = Histogram.getOrCreate({ ...about, native: { factor: 2 } });
  t.is(Histogram.getOrCreate({ ...about, native: { factor: 2 } }), metric);
  for (const native of [undefined, true, { factor: 3 }]) {
    t.throws(() => Histogram.getOrCreate({ ...about, ...(native && { native }) }), {
      code: 'MPMETRICS_ALREADY_REGISTERED',
    });
  }
});

test('values of a series that is zeroed are gone', async (t) => {
  const metric = histogram({ labelNames: ['a'], native: true });
  metric.observe({ a: 'x' }, 3);
  metric.zero({ a: 'x' });
  t.is((await bucketsOf(metric)).count, 0);
  const local = histogram({ labelNames: ['a'], native: true, registers: [] });
  local.observe({ a: 'x' }, 3);
  local.zero({ a: 'x' });
  const [child] = [...seriesOf(local).children.values()];
  t.like(child?.read(), { sum: 0 });
});
