// Gauges, as users meet them.

import test from 'ava';
import { Gauge, Registry } from '../index';
import { gauge as plain, valuesOf } from './support/metrics';

test('without labels it shows 0 at once, with labels it shows nothing', async (t) => {
  const registry = new Registry();
  void new Gauge({ name: 'plain', help: 'Plain', registers: [registry] });
  void new Gauge({ name: 'labelled', help: 'Labelled', labelNames: ['x'], registers: [registry] });
  t.is(
    await registry.metrics(),
    '# HELP plain Plain\n# TYPE plain gauge\nplain 0\n\n' +
      '# HELP labelled Labelled\n# TYPE labelled gauge\n',
  );
});

test('set(), inc() and dec() change the value', async (t) => {
  const metric = plain();
  metric.inc();
  metric.inc(2);
  metric.dec();
  t.is((await valuesOf(metric))[0]?.value, 2);
  metric.set(10);
  metric.dec(4.5);
  metric.inc({}, 1);
  metric.dec({}, 0.5);
  t.deepEqual(await valuesOf(metric), [{ value: 6, labels: {} }]);
  metric.set(-0);
  t.is((await valuesOf(metric))[0]?.value, -0);
});

test('any number is accepted, also NaN and the infinities', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  metric.set({ x: 'a' }, NaN);
  metric.set({ x: 'b' }, Infinity);
  metric.set({ x: 'c' }, -Infinity);
  const text = await (metric.registers[0] as Registry).metrics();
  t.true(text.includes('{x="a"} NaN\n'));
  t.true(text.includes('{x="b"} +Inf\n'));
  t.true(text.includes('{x="c"} -Inf\n'));
});

test('a value that is no number throws and sets nothing', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  const invalid = { instanceOf: TypeError, code: 'MPMETRICS_INVALID_VALUE' };
  for (const value of ['5', null, undefined, {}, 5n] as unknown as number[]) {
    t.throws(() => metric.set({ x: 1 }, value), invalid);
    t.throws(() => metric.labels('1').set(value), invalid);
  }
  t.throws(() => metric.inc({ x: 1 }, '5' as never), {
    ...invalid,
    message: 'Delta is not a valid number: 5',
  });
  t.throws(() => metric.inc(null as never), {
    ...invalid,
    message: 'Delta is not a valid number: null',
  });
  t.throws(() => metric.dec(5n as never), invalid);
  t.throws(() => metric.set('3ms' as never), {
    ...invalid,
    message: 'Value is not a valid number: 3ms',
  });
  t.deepEqual(await valuesOf(metric), []);
});

test('an undeclared label throws', (t) => {
  const metric = plain({ labelNames: ['x'] });
  const unknown = { message: `Added label "z" is not included in initial labelset: [ 'x' ]` };
  t.throws(() => metric.set({ z: 1 } as never, 1), unknown);
  t.throws(() => metric.inc({ z: 1 } as never), unknown);
  t.throws(() => metric.dec({ z: 1 } as never), unknown);
  t.throws(() => metric.labels({ z: 1 } as never), unknown);
  t.throws(() => metric.remove({ z: 1 } as never), unknown);
  t.throws(() => metric.labels(), {
    message: 'Invalid number of arguments (0): "" for label names (1): "x".',
  });
});

test('children work like the gauge, also when their functions are passed on alone', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  const { set, inc, dec } = metric.labels('1');
  set(5);
  inc();
  inc(2);
  dec();
  dec(3);
  t.deepEqual(await valuesOf(metric), [{ value: 4, labels: { x: '1' } }]);
  metric.remove('1');
  inc();
  t.deepEqual(await valuesOf(metric), [{ value: 1, labels: { x: '1' } }]);
});

test('setToCurrentTime() sets seconds since 1970', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  const before = Date.now() / 1000;
  metric.setToCurrentTime({ x: 1 });
  metric.setToCurrentTime();
  metric.labels('child').setToCurrentTime();
  const values = await valuesOf(metric);
  t.is(values.length, 3);
  t.true(values.every(({ value }) => value >= before && value <= Date.now() / 1000));
});

test('a timer sets the seconds, with the labels at its end', async (t) => {
  const metric = plain({ labelNames: ['x', 'y'] });
  const labels: { x: string; y?: string } = { x: 'begin' };
  const end = metric.startTimer(labels);
  labels.x = 'changed';
  const seconds = end({ y: 'end' });
  t.true(seconds >= 0 && seconds < 60);
  const childSeconds = metric.labels('a', 'b').startTimer()();
  t.deepEqual(await valuesOf(metric), [
    { value: seconds, labels: { x: 'changed', y: 'end' } },
    { value: childSeconds, labels: { x: 'a', y: 'b' } },
  ]);
});

test('reset() removes the series; without labels the value is 0 again', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  metric.set({ x: 1 }, 5);
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);
  metric.set({ x: 1 }, 6);
  t.deepEqual(await valuesOf(metric), [{ value: 6, labels: { x: 1 } }]);
  const bare = plain();
  bare.set(5);
  bare.reset();
  t.deepEqual(await valuesOf(bare), [{ value: 0, labels: {} }]);
  bare.inc(2);
  t.deepEqual(await valuesOf(bare), [{ value: 2, labels: {} }]);
});

test('every aggregator of a single process gives its value', async (t) => {
  for (const aggregator of ['sum', 'min', 'max', 'average', 'first', 'omit', 'shared'] as const) {
    const metric = plain({ aggregator });
    metric.set(3);
    metric.inc(2);
    metric.dec();
    t.deepEqual(await valuesOf(metric), [{ value: 4, labels: {} }], aggregator);
  }
  const all = plain({ aggregator: 'all' });
  all.set(3);
  t.deepEqual(await valuesOf(all), [{ value: 3, labels: { pid: String(process.pid) } }]);
});

test('a shared gauge is set, removed and reset for all processes', async (t) => {
  const metric = plain({ aggregator: 'shared', labelNames: ['x'] });
  metric.set({ x: 1 }, 2);
  metric.labels('2').inc(3);
  metric.remove('1');
  t.deepEqual(await valuesOf(metric), [{ value: 3, labels: { x: '2' } }]);
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);
  const bare = plain({ aggregator: 'shared' });
  bare.set(4);
  bare.reset();
  t.deepEqual(await valuesOf(bare), [{ value: 0, labels: {} }]);
});

test('a shared gauge keeps its value when default labels change, and when it changes registries', async (t) => {
  const registry = new Registry();
  const metric = plain({ aggregator: 'shared', registers: [] });
  const labelled = plain({ name: 'l', aggregator: 'shared', labelNames: ['x'], registers: [] });
  metric.set(5);
  labelled.inc({ x: 1 });
  registry.registerMetric(metric);
  registry.registerMetric(labelled);
  metric.inc(2);
  registry.setDefaultLabels({ app: 'shop' });
  t.is(Object.values(metric.hashMap)[0]?.value, 7);
  let text = await registry.metrics();
  t.true(text.includes('\nmetric{app="shop"} 7\n'), text);
  t.true(text.includes('\nl{x="1",app="shop"} 1\n'), text);
  registry.clear();
  t.deepEqual(await valuesOf(metric), [{ value: 7, labels: {} }]);
  registry.registerMetric(metric);
  registry.registerMetric(labelled);
  // Removed series do not come back.
  labelled.remove('1');
  metric.reset();
  registry.setDefaultLabels({ app: 'x' });
  text = await registry.metrics();
  t.true(text.includes('\nmetric{app="x"} 0\n'), text);
  t.false(text.includes('\nl{'), text);
});

test('getOrCreate() refuses another aggregator and another kind', (t) => {
  const registers = [new Registry()];
  const options = { name: 'once', help: 'Once', registers };
  const first = Gauge.getOrCreate(options);
  t.is(Gauge.getOrCreate(options), first);
  t.throws(() => Gauge.getOrCreate({ ...options, aggregator: 'max' }), {
    message: 'A metric with the name once has already been registered with another aggregator.',
  });
});

test('trackInProgress() counts running calls, with the aggregator sum only', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  let during: unknown;
  const tracked = metric.trackInProgress({ x: 1 })(async () => {
    during = await valuesOf(metric);
  });
  await tracked();
  t.deepEqual(during, [{ value: 1, labels: { x: 1 } }]);
  t.deepEqual(await valuesOf(metric), [{ value: 0, labels: { x: 1 } }]);
  const work = metric.labels('1').trackInProgress().start();
  t.is((await valuesOf(metric))[0]?.value, 1);
  work.stop();
  t.is((await valuesOf(metric))[0]?.value, 0);
  t.throws(() => plain({ aggregator: 'max' }).trackInProgress(), {
    code: 'MPMETRICS_BAD_ARGUMENT',
    message: "trackInProgress() needs the aggregator 'sum'; that of metric is 'max'.",
  });
});

test('time() sets the duration of the latest call', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  metric.time({ x: 'call' })(() => undefined)();
  const seconds = metric.labels('child').time().stop();
  const values = await valuesOf(metric);
  t.deepEqual(
    values.map(({ labels }) => labels),
    [{ x: 'call' }, { x: 'child' }],
  );
  t.is(values[1]?.value, seconds);
});

test('users cannot declare the label that identifies processes', (t) => {
  const registry = new Registry();
  t.throws(() => plain({ aggregator: 'all', labelNames: ['pid'], registers: [registry] }), {
    code: 'MPMETRICS_INVALID_LABEL',
    message: "pid is a reserved label keyword of the aggregator 'all'",
  });
  t.deepEqual(registry.getMetricsAsArray(), []);
  t.notThrows(() => plain({ aggregator: 'max', labelNames: ['pid'], registers: [registry] }));
});
