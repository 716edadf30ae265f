// Histograms, as users meet them.

import test from 'ava';
import { Histogram, linearBuckets, Registry } from '../index';
import { histogram as plain, valuesOf, type ReadValue } from './support/metrics';

/** Cumulative buckets by their bounds, and sum and count. */
function summed(values: ReadValue[]): Record<string, number> {
  return Object.fromEntries(
    values.map(({ metricName = '', labels, value }) => [
      labels['le'] === undefined ? metricName.replace(/^.*_/, '') : String(labels['le']),
      value,
    ]),
  );
}

test('without labels it shows its default buckets at once', async (t) => {
  const metric = plain();
  t.deepEqual(metric.buckets, [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]);
  t.is(metric.upperBounds, metric.buckets);
  t.true(Object.isFrozen(metric.upperBounds));
  const values = await valuesOf(metric);
  t.deepEqual(values.length, 14);
  t.true(values.every(({ value }) => value === 0));
  t.deepEqual(values[0], {
    labels: { le: 0.005 },
    value: 0,
    metricName: 'metric_bucket',
    exemplar: null,
  } as never);
});

test('its text equals that of prom-client', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ app: 'shop' });
  const metric = new Histogram({
    name: 'h',
    help: 'H',
    labelNames: ['x'],
    buckets: [0.5, 1e21],
    registers: [registry],
  });
  metric.observe({ x: 'a"b' }, 0.25);
  metric.observe({ x: 'a"b' }, 3);
  t.is(
    await registry.metrics(),
    '# HELP h H\n# TYPE h histogram\n' +
      'h_bucket{le="0.5",app="shop",x="a\\"b"} 1\n' +
      'h_bucket{le="1e+21",app="shop",x="a\\"b"} 2\n' +
      'h_bucket{le="+Inf",app="shop",x="a\\"b"} 2\n' +
      'h_sum{app="shop",x="a\\"b"} 3.25\n' +
      'h_count{app="shop",x="a\\"b"} 2\n',
  );
});

test('a value counts in every bucket whose bound is not below it', async (t) => {
  const metric = plain({ buckets: [1, 2, 5] });
  for (const value of [-1, 0, 1, 1.5, 2, 5, 5.1]) metric.observe(value);
  t.deepEqual(summed(await valuesOf(metric)), {
    1: 3,
    2: 5,
    5: 6,
    '+Inf': 7,
    sum: 13.6,
    count: 7,
  });
});

test('a value finds its bucket among many buckets, or none', async (t) => {
  const bounds = linearBuckets(0, 1, 40);
  const metric = plain({ buckets: bounds });
  const observed = linearBuckets(-1, 0.5, 90);
  for (const value of observed) metric.observe(value);
  const found = summed(await valuesOf(metric));
  for (const bound of bounds) {
    t.is(found[bound], observed.filter((value) => value <= bound).length);
  }
  const none = plain({ buckets: [] });
  none.observe(5);
  t.deepEqual(summed(await valuesOf(none)), { '+Inf': 1, sum: 5, count: 1 });
});

test('buckets are sorted, without duplicates and +Inf', (t) => {
  const given = [5, 1, Infinity, 2, 1];
  const metric = plain({ buckets: given });
  // A copy: the caller may change its array.
  t.not(metric.buckets, given);
  t.deepEqual(metric.buckets, given);
  t.deepEqual(metric.upperBounds, [1, 2, 5]);
  t.deepEqual(plain({ buckets: ['1', 2] as unknown as number[] }).upperBounds, [1, 2]);
});

test('bounds that are no numbers, or too many, are refused', (t) => {
  const invalid = { instanceOf: TypeError, code: 'MPMETRICS_INVALID_BUCKETS' };
  t.throws(() => plain({ buckets: [1, NaN] }), {
    ...invalid,
    message: 'Bucket is not a valid number: NaN',
  });
  t.throws(() => plain({ buckets: ['x'] as unknown as number[] }), invalid);
  t.throws(() => plain({ buckets: 5 as unknown as number[] }), invalid);
  const registry = new Registry();
  t.throws(() => plain({ buckets: linearBuckets(0, 1, 2000), registers: [registry] }), {
    code: 'MPMETRICS_BAD_ARGUMENT',
  });
  t.is(registry.getSingleMetric('metric'), undefined);
});

test('users cannot declare the label le', (t) => {
  const registry = new Registry();
  t.throws(() => plain({ labelNames: ['le'], registers: [registry] }), {
    message: 'le is a reserved label keyword',
    code: 'MPMETRICS_INVALID_LABEL',
  });
  t.is(registry.getSingleMetric('metric'), undefined);
});

test('a value that is not finite throws and observes nothing', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  for (const value of ['3ms', NaN, Infinity, undefined, null] as unknown as number[]) {
    const invalid = {
      instanceOf: TypeError,
      message: `Value is not a valid number: ${value}`,
      code: 'MPMETRICS_INVALID_VALUE',
    };
    t.throws(() => metric.observe({ x: 1 }, value), invalid);
    t.throws(() => metric.labels('1').observe(value), invalid);
  }
  t.throws(() => metric.observe('3ms' as never), { message: 'Value is not a valid number: 3ms' });
  t.throws(() => metric.observe(NaN), { message: 'Value is not a valid number: undefined' });
  t.throws(() => metric.observe({ z: 1 } as never, 1), {
    message: `Added label "z" is not included in initial labelset: [ 'x' ]`,
  });
  t.throws(() => metric.labels({ z: 1 } as never), { code: 'MPMETRICS_INVALID_LABEL' });
  t.deepEqual(await valuesOf(metric), []);
});

test('an argument that is neither labels nor a value means no labels, as in prom-client', async (t) => {
  const metric = plain({ buckets: [1] });
  metric.observe(undefined as never, 0.5);
  metric.observe(-0);
  metric.observe({}, 2);
  t.deepEqual(summed(await valuesOf(metric)), { 1: 2, '+Inf': 3, sum: 2.5, count: 3 });
});

test('zero() creates a series, and restarts one of this process', async (t) => {
  const metric = plain({ labelNames: ['x'], buckets: [1] });
  metric.zero({ x: 'a' });
  t.deepEqual(summed(await valuesOf(metric)), { 1: 0, '+Inf': 0, sum: 0, count: 0 });
  metric.observe({ x: 'a' }, 0.5);
  t.like(summed(await valuesOf(metric)), { sum: 0.5, count: 1 });
  metric.zero({ x: 'a' });
  t.like(summed(await valuesOf(metric)), { sum: 0, count: 0 });
});

test('remove() and reset() leave no series, also without labels', async (t) => {
  const metric = plain({ labelNames: ['x'], buckets: [1] });
  const child = metric.labels('a');
  child.observe(1);
  metric.observe({ x: 'b' }, 1);
  metric.remove('a');
  t.is((await valuesOf(metric)).length, 4);
  child.observe(3);
  t.is((await valuesOf(metric)).length, 8);
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);

  const bare = plain({ buckets: [1] });
  bare.observe(1);
  bare.reset();
  t.deepEqual(await valuesOf(bare), []);
  bare.observe(7);
  t.deepEqual(summed(await valuesOf(bare)), { 1: 0, '+Inf': 1, sum: 7, count: 1 });
});

test('timers observe seconds, with the labels at their end', async (t) => {
  const metric = plain({ labelNames: ['x', 'y'], buckets: [60] });
  const labels = { x: 'begin' };
  const end = metric.startTimer(labels);
  labels.x = 'changed';
  const seconds = end({ y: 'end' });
  const [first] = await valuesOf(metric);
  t.deepEqual(first?.labels, { le: 60, x: 'changed', y: 'end' });
  t.is(summed(await valuesOf(metric))['sum'], seconds);
  metric.reset();
  const childSeconds = metric.labels('a', 'b').startTimer()();
  t.is(summed(await valuesOf(metric))['sum'], childSeconds);
});

test('time() observes calls, blocks, and the time between start and stop', async (t) => {
  const metric = plain({ labelNames: ['x'], buckets: [60] });
  const timed = metric.time({ x: 'call' })((value: number) => value + 1);
  t.is(timed(1), 2);
  const seconds = metric.labels('child').time().stop();
  const counts = (await valuesOf(metric)).filter(({ metricName }) => metricName === 'metric_count');
  t.deepEqual(
    counts.map(({ labels, value }) => [labels, value]),
    [
      [{ x: 'call' }, 1],
      [{ x: 'child' }, 1],
    ],
  );
  t.true(seconds >= 0);
});

test('with exemplars enabled, observe() accepts an object', async (t) => {
  const metric = plain({
    registers: [new Registry(Registry.OPENMETRICS_CONTENT_TYPE)] as unknown as Registry[],
    enableExemplars: true,
    buckets: [1, 2],
  });
  metric.observe({ value: 1.5, exemplarLabels: { trace: 'a' } as never });
  metric.observe({ value: 0.5 });
  const end = metric.startTimer({}, { trace: 'timer' } as never);
  end();
  const values = (await valuesOf(metric)) as (ReadValue & { exemplar?: unknown })[];
  t.like(values[1]?.exemplar, { value: 1.5, labelSet: { trace: 'a' } });
  t.like(values[0]?.exemplar, { labelSet: { trace: 'timer' } });
  t.throws(() => metric.observe({ value: 'x' as never }), { instanceOf: TypeError });
  t.throws(() => metric.observe({} as never), { instanceOf: TypeError });
});

test('getOrCreate() refuses other buckets', (t) => {
  const options = { name: 'once', help: 'Once', buckets: [1, 2], registers: [new Registry()] };
  const first = Histogram.getOrCreate(options);
  t.is(Histogram.getOrCreate({ ...options, buckets: [2, 1] }), first);
  t.throws(() => Histogram.getOrCreate({ ...options, buckets: [1] }), {
    message: 'A metric with the name once has already been registered with other buckets.',
  });
});
