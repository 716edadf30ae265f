// Registries: their metrics, and metrics after their removal.

import test from 'ava';
import * as client from '../index';
import { Counter, Gauge, Histogram, register, Registry, type Metric } from '../index';
import { counterIn } from './support/metrics';

test('the global registry is that of the class, in the Prometheus text format', (t) => {
  t.is(Registry.globalRegistry, register);
  t.is(register.contentType, Registry.PROMETHEUS_CONTENT_TYPE);
  t.is(client.contentType, Registry.PROMETHEUS_CONTENT_TYPE);
});

test('two metrics of one name are refused', (t) => {
  const registry = new Registry();
  const first = counterIn(registry);
  registry.registerMetric(first);
  t.throws(() => counterIn(registry), {
    message: 'A metric with the name c has already been registered.',
    code: 'MPMETRICS_ALREADY_REGISTERED',
  });
  t.is(registry.getSingleMetric('c'), first);
});

test('a refusal by one registry leaves the metric in no other', (t) => {
  const [one, other] = [new Registry(), new Registry()];
  counterIn(other);
  t.throws(() => new Counter({ name: 'c', help: 'C', registers: [one, other] }));
  t.is(one.getSingleMetric('c'), undefined);
  t.deepEqual(one.getMetricsAsArray(), []);
});

test('a metric is shown in all its registries, and can leave each of them', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  const counter = new Counter({ name: 'c', help: 'C', registers: [one, other] });
  counter.inc(2);
  const text = (value: number): string => `# HELP c C\n# TYPE c counter\nc ${value}\n`;
  t.is(await one.metrics(), text(2));
  t.is(await other.metrics(), text(2));
  one.removeSingleMetric('c');
  counter.inc();
  t.is(await one.metrics(), '\n');
  t.is(await other.metrics(), text(3));
  other.clear();
  counter.inc();
  t.is(await other.metrics(), '\n');
  t.deepEqual((await counter.get()).values, [{ value: 4, labels: {} }]);
  one.registerMetric(counter);
  counter.inc();
  t.is(await one.metrics(), text(5));
});

test('a metric without registries counts for itself', async (t) => {
  const registers: Registry[] = [];
  const counter = new Counter({ name: 'c', help: 'C', labelNames: ['x'], registers });
  counter.inc({ x: 1 });
  counter.labels('1').inc();
  t.deepEqual((await counter.get()).values, [{ value: 2, labels: { x: 1 } }]);
  const gauge = new Gauge({ name: 'g', help: 'G', registers });
  gauge.inc(3);
  gauge.dec();
  t.deepEqual((await gauge.get()).values, [{ value: 2, labels: {} }]);
  const histogram = new Histogram({ name: 'h', help: 'H', buckets: [1], registers });
  histogram.observe(0.5);
  histogram.observe(2);
  t.deepEqual(
    (await histogram.get()).values.map(({ value }) => value),
    [1, 2, 2.5, 2],
  );
  const registry = new Registry();
  for (const metric of [counter, gauge, histogram]) registry.registerMetric(metric);
  t.true((await registry.metrics()).includes('h_sum 2.5\n'));
});

test('after clear(), the same names can be declared differently', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ app: 'x' });
  counterIn(registry, 'a', ['x']).inc({ x: 1 });
  registry.clear();
  t.is(registry.getSingleMetric('a'), undefined);
  const again = counterIn(registry, 'a', ['x']);
  t.is(await registry.metrics(), '# HELP a A\n# TYPE a counter\n');
  again.inc({ x: 2 });
  registry.clear();
  void new Gauge({ name: 'a', help: 'Now a gauge', labelNames: ['y'], registers: [registry] }).set(
    { y: 1 },
    5,
  );
  t.is(await registry.metrics(), '# HELP a Now a gauge\n# TYPE a gauge\na{y="1"} 5\n');
});

test('resetMetrics() resets all metrics', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  counterIn(registry).inc(5);
  void new Gauge({ name: 'g', help: 'G', registers }).set(5);
  void new Histogram({ name: 'h', help: 'H', registers }).observe(5);
  registry.resetMetrics();
  t.is(
    await registry.metrics(),
    '# HELP c C\n# TYPE c counter\nc 0\n\n# HELP g G\n# TYPE g gauge\ng 0\n\n' +
      '# HELP h H\n# TYPE h histogram\n',
  );
});

test('merge() shows the metrics of several registries', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  const both = new Counter({ name: 'both', help: 'Both', registers: [one, other] });
  counterIn(one, 'one');
  counterIn(other, 'other');
  const merged = Registry.merge([one, other]);
  both.inc();
  t.deepEqual(
    merged.getMetricsAsArray().map(({ name }) => name),
    ['both', 'one', 'other'],
  );
  const names = (await merged.getMetricsAsJSON()).map(({ name }) => name);
  t.deepEqual(names, ['both', 'one', 'other']);
  t.is((await merged.metrics()).match(/^both 1$/gm)?.length, 1);
  t.is((await Registry.merge([merged, new Registry()]).metrics()).match(/^# TYPE/gm)?.length, 3);
  t.is(await merged.getSingleMetricAsString('one'), '# HELP one ONE\n# TYPE one counter\none 0');

  const clashing = new Registry();
  counterIn(clashing, 'one');
  t.throws(() => Registry.merge([one, clashing]), {
    message: 'A metric with the name one has already been registered.',
  });
  const open = new Registry(Registry.OPENMETRICS_CONTENT_TYPE) as never;
  t.throws(() => Registry.merge([one, open]), {
    message: 'Registers can only be merged if they have the same content type',
  });
});

test('default labels of a merged registry apply to its own metrics, as text and as data', async (t) => {
  const part = new Registry();
  part.setDefaultLabels({ part: 'a' });
  counterIn(part, 'first');
  const merged = Registry.merge([part]);
  merged.setDefaultLabels({ app: 'shop' });
  counterIn(merged, 'own');
  const text = await merged.metrics();
  t.deepEqual(text.match(/^\w.*/gm), ['first{part="a"} 0', 'own{app="shop"} 0']);
  const labels = (await merged.getMetricsAsJSON()).map(({ values }) => values[0]?.labels);
  t.deepEqual(labels as unknown[], [{ part: 'a' }, { app: 'shop' }]);
});

test('changes of a merged registry do not affect its sources', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  const shown = async (registry: Registry): Promise<string[]> =>
    (await registry.metrics()).match(/^\w.*/gm) ?? [];
  const first = counterIn(one, 'first');
  counterIn(other, 'second');
  const merged = Registry.merge([one, other]);
  const own = counterIn(merged, 'own');
  own.inc(3);
  first.inc();
  counterIn(one, 'late');
  t.deepEqual(await shown(merged), ['first 1', 'second 0', 'own 3']);
  t.deepEqual(await shown(one), ['first 1', 'late 0']);
  const outer = Registry.merge([merged]);
  t.deepEqual(await shown(outer), ['first 1', 'second 0', 'own 3']);
  t.deepEqual(
    (await merged.getMetricsAsJSON()).map(({ name }) => name),
    ['first', 'second', 'own'],
  );
  t.is(await merged.getSingleMetricAsString('own'), '# HELP own OWN\n# TYPE own counter\nown 3');

  merged.removeSingleMetric('second');
  t.deepEqual(await shown(merged), ['first 1', 'own 3']);
  t.deepEqual(await shown(other), ['second 0']);
  merged.removeSingleMetric('own');
  t.deepEqual(await shown(merged), ['first 1']);
  counterIn(merged, 'second').inc(5);
  t.deepEqual(await shown(merged), ['first 1', 'second 5']);
  t.deepEqual(await shown(other), ['second 0']);
  t.deepEqual(await shown(outer), ['first 1', 'second 0', 'own 3']);

  one.removeSingleMetric('first');
  first.inc();
  t.deepEqual(await shown(merged), ['first 2', 'second 5']);
  one.registerMetric(first);
  first.inc();
  t.deepEqual(await shown(one), ['late 0', 'first 3']);
  t.deepEqual(await shown(merged), ['first 3', 'second 5']);
  merged.removeSingleMetric('first');
  merged.removeSingleMetric('second');
  t.deepEqual(await shown(merged), []);

  merged.clear();
  t.is(await merged.metrics(), '\n');
  counterIn(merged, 'first');
  t.deepEqual(await shown(merged), ['first 0']);
  t.deepEqual(await shown(one), ['late 0', 'first 3']);
});

test('registries of one name are one registry', async (t) => {
  const name = `shared ${process.pid}`;
  const [one, other] = [new Registry({ name }), new Registry({ name })];
  counterIn(one).inc();
  t.is(await other.metrics(), '# HELP c C\n# TYPE c counter\nc 1\n');
  t.is(other.getSingleMetric('c'), undefined);
  counterIn(other).inc(2);
  t.is(await one.metrics(), '# HELP c C\n# TYPE c counter\nc 3\n');
  const [family] = await new Registry({ name }).getMetricsAsJSON();
  t.deepEqual(family as unknown, {
    help: 'C',
    name: 'c',
    type: 'counter',
    aggregator: 'sum',
    values: [{ value: 3, labels: {} }],
  });
});

test('any object with a get() may be registered', async (t) => {
  const registry = new Registry();
  counterIn(registry);
  const foreign = {
    name: 'plain',
    get: async () => ({
      name: 'plain',
      help: 'P\nq',
      type: 'gauge',
      values: [
        { value: 1, labels: { a: '"' } },
        { value: NaN },
        { value: -Infinity, labels: {} },
        { value: 2, labels: { le: 1 }, sharedLabels: { z: 1 }, metricName: 'plain_bucket' },
      ],
    }),
  };
  registry.registerMetric(foreign as unknown as Metric);
  registry.setDefaultLabels({ d: 1 });
  t.is(
    await registry.metrics(),
    '# HELP c C\n# TYPE c counter\nc{d="1"} 0\n\n' +
      '# HELP plain P\\nq\n# TYPE plain gauge\nplain{a="\\"",d="1"} 1\nplain{d="1"} NaN\n' +
      'plain{d="1"} -Inf\nplain_bucket{le="1",d="1",z="1"} 2\n',
  );
  t.true((await registry.getSingleMetricAsString('plain')).startsWith('# HELP plain P\\nq\n'));
  const [, data] = await registry.getMetricsAsJSON();
  t.deepEqual(data?.values[0], { value: 1, labels: { a: '"', d: 1 } });
  registry.resetMetrics();
  registry.removeSingleMetric('plain');
  t.deepEqual(registry.getMetricsAsArray().length, 1);
});

test('each scrape runs collect() in order, and waits for it', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  const seen: unknown[] = [];
  const sync = new Gauge({
    name: 'sync',
    help: 'S',
    registers,
    collect() {
      seen.push(this);
      this.set(seen.length);
    },
  });
  void new Gauge({
    name: 'async',
    help: 'A',
    registers,
    async collect() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.inc();
    },
  });
  t.true((await registry.metrics()).includes('sync 1\n\n'));
  t.true((await registry.metrics()).includes('async 2\n'));
  t.deepEqual((await sync.get()).values, [{ value: 3, labels: {} }]);
  t.is(await registry.getSingleMetricAsString('sync'), '# HELP sync S\n# TYPE sync gauge\nsync 4');
  await registry.getMetricsAsJSON();
  t.is(seen.length, 5);
  t.true(seen.every((self) => self === sync));
});

test('a scrape rejects with the error of collect()', async (t) => {
  const registry = new Registry();
  const collect = (): never => {
    throw new Error('boo');
  };
  const metric = new Counter({ name: 'c', help: 'C', registers: [registry], collect });
  await t.throwsAsync(registry.metrics(), { message: 'boo' });
  await t.throwsAsync(registry.getMetricsAsJSON(), { message: 'boo' });
  await t.throwsAsync(metric.get(), { message: 'boo' });
});
