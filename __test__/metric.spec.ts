// Options that all metrics refuse, before anything is written.

import test from 'ava';
import { Counter, Gauge, Histogram, Registry } from '../index';
import { withClock } from './support/clock';
import { counter, valuesOf } from './support/metrics';

const CLASSES = [Counter, Gauge, Histogram];

/** The message for each wrong configuration, in prom-client's words. */
const REFUSED: [configuration: unknown, message: string, code: string][] = [
  [undefined, 'constructor expected a config object', 'MPMETRICS_BAD_ARGUMENT'],
  [null, 'constructor expected a config object', 'MPMETRICS_BAD_ARGUMENT'],
  ['name', 'constructor expected a config object', 'MPMETRICS_BAD_ARGUMENT'],
  [{}, 'Missing mandatory help parameter', 'MPMETRICS_INVALID_HELP'],
  [{ name: 'a' }, 'Missing mandatory help parameter', 'MPMETRICS_INVALID_HELP'],
  [{ name: 'a', help: '' }, 'Missing mandatory help parameter', 'MPMETRICS_INVALID_HELP'],
  [{ help: 'h' }, 'Missing mandatory name parameter', 'MPMETRICS_INVALID_NAME'],
  [{ name: '', help: 'h' }, 'Missing mandatory name parameter', 'MPMETRICS_INVALID_NAME'],
  [{ name: 'a b', help: 'h' }, 'Invalid metric name', 'MPMETRICS_INVALID_NAME'],
  [{ name: '9a', help: 'h' }, 'Invalid metric name', 'MPMETRICS_INVALID_NAME'],
  [{ name: 'a-b', help: 'h' }, 'Invalid metric name', 'MPMETRICS_INVALID_NAME'],
  [{ name: 'ä', help: 'h' }, 'Invalid metric name', 'MPMETRICS_INVALID_NAME'],
  [{ name: 'a', help: 'h', labelNames: ['x y'] }, 'Invalid label name', 'MPMETRICS_INVALID_LABEL'],
  [{ name: 'a', help: 'h', labelNames: ['x:y'] }, 'Invalid label name', 'MPMETRICS_INVALID_LABEL'],
  [
    { name: 'a', help: 'h', collect: 5 },
    'Optional "collect" parameter must be a function',
    'MPMETRICS_BAD_ARGUMENT',
  ],
  [
    { name: 'a', help: 'h', aggregator: 'x' },
    "'x' is not a defined aggregator.",
    'MPMETRICS_BAD_ARGUMENT',
  ],
];

for (const Class of CLASSES) {
  test(`${Class.name} refuses wrong options, and leaves no trace of them`, async (t) => {
    for (const [configuration, message, code] of REFUSED) {
      const registry = new Registry();
      const given =
        typeof configuration === 'object' && configuration !== null
          ? { registers: [registry], ...configuration }
          : configuration;
      const error = t.throws(() => new Class(given as never), { message, code });
      t.true(error instanceof Error);
      t.deepEqual(registry.getMetricsAsArray(), []);
      t.is(await registry.metrics(), '\n');
    }
  });

  test(`${Class.name} treats undefined options as absent`, (t) => {
    const registry = new Registry();
    const metric = new Class({
      name: 'a:b_9',
      help: 'h',
      registers: [registry],
      labelNames: undefined,
      aggregator: undefined,
      collect: undefined,
      buckets: undefined,
    } as never) as Counter;
    t.like(metric, { labelNames: [], aggregator: 'sum', collect: undefined });
    t.is(registry.getSingleMetric('a:b_9') as unknown, metric);
  });
}

test('the errors have the classes of prom-client’s errors', (t) => {
  t.throws(() => new Counter(undefined as never), { instanceOf: TypeError });
});

test('only gauges have the aggregators shared and all', (t) => {
  for (const aggregator of ['shared', 'all'] as const) {
    for (const Class of [Counter, Histogram]) {
      const options = { name: 'a', help: 'h', registers: [new Registry()], aggregator };
      t.throws(() => new Class(options), {
        message: `'${aggregator}' is not a defined aggregator.`,
      });
    }
  }
});

test('metrics without registries belong to the global registry', (t) => {
  const metric = new Counter({ name: 'global', help: 'h' });
  t.is(Registry.globalRegistry.getSingleMetric('global') as unknown, metric);
  const other = new Counter({ name: 'other', help: 'h', registers: undefined as never });
  t.is(Registry.globalRegistry.getSingleMetric('other') as unknown, other);
});

test('labels may be objects of any kind', async (t) => {
  const registry = new Registry();
  const options = { name: 'c', help: 'h', labelNames: ['x', 'y'], registers: [registry] };
  const metric = new Counter(options);
  const labels = { x: '1', y: 'a' };
  metric.inc(labels);
  labels.x = 'changed after the call';
  metric.inc(Object.assign(Object.create(null) as object, { y: 'a', x: 1 }));
  // An inherited property is no label.
  metric.inc(Object.create({ x: 1, y: 'a' }) as object);
  metric.inc(new Proxy({ x: 1, y: 'a' }, {}));
  class Labels {
    y = 'a';
    x = 1;
  }
  metric.inc(new Labels() as never);
  t.true((await registry.metrics()).endsWith('# TYPE c counter\nc{x="1",y="a"} 4\nc 1\n'));
});

test('labels print in the order in which a series was first given them', async (t) => {
  const registry = new Registry();
  const options = { help: 'h', labelNames: ['x', 'y'], registers: [registry] };
  const gauge = new Gauge({ ...options, name: 'g' });
  const histogram = new Histogram({ ...options, name: 'h', buckets: [] });
  const [first, later] = [
    { y: 1, x: 'a' },
    { x: 'a', y: '1' },
  ];
  gauge.inc(first);
  histogram.observe(first, 2);
  for (const labels of [later, first, later]) {
    gauge.set(labels, 3);
    gauge.labels(labels).set(4);
    histogram.zero(labels);
    histogram.observe(labels, 5);
    const samples = (await registry.metrics()).split('\n').filter((line) => /^\w/.test(line));
    t.deepEqual(samples, [
      'g{y="1",x="a"} 4',
      'h_bucket{le="+Inf",y="1",x="a"} 1',
      'h_sum{y="1",x="a"} 5',
      'h_count{y="1",x="a"} 1',
    ]);
    for (const { labels: shown } of await valuesOf(gauge)) {
      t.deepEqual(Object.entries(shown), Object.entries(first));
    }
  }
});

test('the unit is part of a metric’s declaration', (t) => {
  const options = { name: 'a_seconds', help: 'h', unit: 'seconds', registers: [new Registry()] };
  const metric = new Gauge(options);
  t.is(metric.unit, 'seconds');
  t.is(Gauge.getOrCreate(options), metric);
  t.throws(() => Gauge.getOrCreate({ ...options, unit: 'bytes' }), {
    message: 'A metric with the name a_seconds has already been registered with another unit.',
  });
});

test('expireAfterSeconds must be a positive number', (t) => {
  for (const expireAfterSeconds of [0, -1, NaN, Infinity, '5', null]) {
    const options = { name: 'a', help: 'h', expireAfterSeconds: expireAfterSeconds as never };
    t.throws(() => new Counter({ ...options, registers: [new Registry()] }), {
      message: 'expireAfterSeconds must be a number of seconds above 0',
      code: 'MPMETRICS_BAD_ARGUMENT',
    });
  }
  const options = { name: 'a', help: 'h', registers: [new Registry()], expireAfterSeconds: 2 };
  const metric = new Counter(options);
  t.is(Counter.getOrCreate(options), metric);
  t.throws(() => Counter.getOrCreate({ ...options, expireAfterSeconds: 5 }), {
    message: /with another expireAfterSeconds/,
  });
});

test.serial(
  'unchanged series expire after that time, and return with their next update',
  async (t) => {
    const metric = counter({ labelNames: ['x'], expireAfterSeconds: 2 });
    const [idle, busy] = [metric.labels('idle'), metric.labels('busy')];
    const shown = async (): Promise<Record<string, number>> =>
      Object.fromEntries((await valuesOf(metric)).map(({ labels, value }) => [labels['x'], value]));
    await withClock(async (set) => {
      idle.inc(5);
      for (let turn = 0; turn < 10; turn += 1) {
        set(turn * 0.6);
        busy.inc();
        const seen = turn * 0.6 < 2 ? { idle: 5, busy: turn + 1 } : { busy: turn + 1 };
        t.deepEqual(await shown(), seen);
      }
      idle.inc();
      t.deepEqual(await shown(), { busy: 10, idle: 1 });
    });
  },
);

test('a metric moves from one registry to another with all of its series', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  const metric = counter({ labelNames: ['number'], registers: [one] });
  for (let number = 0; number < 1000; number += 1) metric.inc({ number }, number);
  one.removeSingleMetric('metric');
  other.registerMetric(metric);
  const values = await valuesOf(metric);
  t.is(values.length, 1000);
  t.is(
    values.reduce((sum, { value }) => sum + value, 0),
    (1000 * 999) / 2,
  );
});
