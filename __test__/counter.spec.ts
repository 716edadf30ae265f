// Counters, as users meet them.

import test from 'ava';
import { Counter, Registry, type CounterConfiguration } from '../index';
import { counter as plain, valuesOf } from './support/metrics';

test('without labels it shows 0 at once, with labels it shows nothing', async (t) => {
  const registry = new Registry();
  void new Counter({ name: 'plain', help: 'Plain', registers: [registry] });
  void new Counter({
    name: 'labelled',
    help: 'Labelled',
    labelNames: ['x'],
    registers: [registry],
  });
  t.is(
    await registry.metrics(),
    '# HELP plain Plain\n# TYPE plain counter\nplain 0\n\n' +
      '# HELP labelled Labelled\n# TYPE labelled counter\n',
  );
});

test('options are readable on the instance, with their defaults', (t) => {
  const registry = new Registry();
  const collect = (): void => undefined;
  const options = { name: 'a', help: 'b', registers: [registry], collect, extra: 7 };
  const metric = new Counter(options as CounterConfiguration<string>);
  t.like(metric, { name: 'a', help: 'b', collect, extra: 7, type: 'counter' });
  t.like(metric, { labelNames: [], aggregator: 'sum', enableExemplars: false });
  t.deepEqual(metric.registers, [registry]);
  t.true(metric instanceof Counter);
});

test('inc() adds 1, or the given value', async (t) => {
  const metric = plain();
  metric.inc();
  metric.inc(2.5);
  metric.inc(0);
  metric.inc(undefined);
  metric.inc(null as unknown as number);
  metric.inc({}, 4);
  t.deepEqual(await valuesOf(metric), [{ value: 9.5, labels: {} }]);
});

test('a value that is not finite, or negative, throws and counts nothing', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  for (const value of ['3ms', Infinity, -Infinity, {}] as unknown as number[]) {
    t.throws(() => metric.inc({ x: 1 }, value), {
      instanceOf: TypeError,
      message: /^Value is not a valid number: /,
      code: 'MPMETRICS_INVALID_VALUE',
    });
  }
  t.throws(() => metric.inc('3ms' as unknown as number), {
    message: 'Value is not a valid number: 3ms',
  });
  const decrease = { message: 'It is not possible to decrease a counter' };
  t.throws(() => metric.inc(-1), decrease);
  t.throws(() => metric.inc({ x: 1 }, -1), decrease);
  t.throws(() => metric.labels('1').inc(-1), decrease);
  t.deepEqual(await valuesOf(metric), []);
});

test('NaN is accepted, as in prom-client', async (t) => {
  const metric = plain();
  metric.inc(NaN);
  t.deepEqual(await valuesOf(metric), [{ value: NaN, labels: {} }]);
});

test('an undeclared label throws at every call, and counts nothing', async (t) => {
  const metric = plain({ labelNames: ['x', 'y'] });
  const message = `Added label "z" is not included in initial labelset: [ 'x', 'y' ]`;
  metric.inc({ x: 1, y: 2 });
  for (const labels of [{ x: 1, y: 2, z: 3 }, { z: 3, x: 1, y: 2 }, { z: 3 }]) {
    for (let round = 0; round < 3; round += 1) {
      t.throws(() => metric.inc(labels as never), { message, code: 'MPMETRICS_INVALID_LABEL' });
    }
    t.throws(() => metric.labels(labels as never).inc(), { message });
    t.throws(() => metric.remove(labels as never), { message });
  }
  t.deepEqual(await valuesOf(metric), [{ value: 1, labels: { x: 1, y: 2 } }]);
  t.throws(() => plain().inc({ z: 1 } as never), {
    message: 'Added label "z" is not included in initial labelset: []',
  });
});

test('labels(…) returns children that count, also when their functions are passed on alone', async (t) => {
  const metric = plain({ labelNames: ['method', 'endpoint'] });
  const child = metric.labels('GET', '/');
  t.deepEqual(await valuesOf(metric), [], 'a child that did not count shows nothing');
  const { inc } = child;
  inc();
  child.inc(2);
  metric.labels({ method: 'GET', endpoint: '/' }).inc();
  t.deepEqual(await valuesOf(metric), [{ value: 4, labels: { method: 'GET', endpoint: '/' } }]);
  t.throws(() => metric.labels('GET'), {
    message: 'Invalid number of arguments (1): "GET" for label names (2): "method, endpoint".',
  });
});

test('remove() and reset() remove series, and held children begin anew', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  const child = metric.labels('1');
  child.inc(5);
  metric.inc({ x: '2' });
  metric.remove('1');
  metric.remove({ x: 'never there' });
  t.deepEqual(await valuesOf(metric), [{ value: 1, labels: { x: '2' } }]);
  child.inc(2);
  metric.inc({ x: 1 });
  t.deepEqual((await valuesOf(metric)).find(({ labels }) => labels['x'] === '1')?.value, 3);
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);
  child.inc();
  t.deepEqual(await valuesOf(metric), [{ value: 1, labels: { x: '1' } }]);

  const bare = plain();
  bare.inc(3);
  bare.reset();
  t.deepEqual(await valuesOf(bare), [{ value: 0, labels: {} }]);
  bare.remove();
  t.deepEqual(await valuesOf(bare), []);
  bare.inc();
  t.deepEqual(await valuesOf(bare), [{ value: 1, labels: {} }]);
});

test('a subclass may override any method', async (t) => {
  class Twice extends Counter {
    override inc(value?: unknown): void {
      super.inc(value as number);
      super.inc(value as number);
    }
  }
  const metric = new Twice({ name: 'twice', help: 'Twice', registers: [new Registry()] });
  metric.inc(2);
  t.true(metric instanceof Counter);
  t.deepEqual(await valuesOf(metric), [{ value: 4, labels: {} }]);
});

test('getOrCreate() returns the same counter again, and refuses another declaration', (t) => {
  const registers = [new Registry()];
  const options = { name: 'once', help: 'Once', labelNames: ['x'] as const, registers };
  const first = Counter.getOrCreate(options);
  t.is(Counter.getOrCreate({ ...options, help: 'Another help is no conflict' }), first);
  t.throws(() => Counter.getOrCreate({ ...options, labelNames: ['y'] }), {
    message: 'A metric with the name once has already been registered with other labelNames.',
    code: 'MPMETRICS_ALREADY_REGISTERED',
  });
  t.throws(() => Counter.getOrCreate({ name: '', help: 'x' }), {
    message: 'Missing mandatory name parameter',
  });
});

test('count() and countExceptions() count calls', async (t) => {
  const metric = plain({ labelNames: ['x'] });
  const failing = (): never => {
    throw new RangeError('no');
  };
  const counted = metric.count({ x: 'call' })(() => 5);
  t.is(counted(), 5);
  const child = metric.labels({ x: 'failure' });
  t.throws(child.countExceptions(RangeError)(failing), { message: 'no' });
  t.throws(child.countExceptions(TypeError)(failing), { message: 'no' });
  t.throws(metric.countExceptions()(failing), { message: 'no' });
  t.is(child.count()(() => 6)(), 6);
  t.deepEqual(await valuesOf(metric), [
    { value: 1, labels: { x: 'call' } },
    { value: 2, labels: { x: 'failure' } },
    { value: 1, labels: {} },
  ]);
});

test('with exemplars enabled, inc() accepts an object', async (t) => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const metric = new Counter({
    name: 'traced',
    help: 'Traced',
    labelNames: ['x'],
    registers: [registry],
    enableExemplars: true,
  });
  metric.inc({ labels: { x: 1 }, value: 2, exemplarLabels: { trace: 'a' } as never });
  metric.inc({ labels: { x: 1 } });
  metric.labels('1').inc();
  const [value] = await valuesOf(metric);
  t.like(value, { value: 4, labels: { x: 1 }, exemplar: { value: 2, labelSet: { trace: 'a' } } });
  const long = { exemplarLabels: { trace: 'a'.repeat(130) } as never };
  t.throws(() => metric.inc(long), {
    instanceOf: RangeError,
    message: 'Label set size must be smaller than 128 UTF-8 chars',
  });
  t.is((await valuesOf(metric)).length, 1);
});
