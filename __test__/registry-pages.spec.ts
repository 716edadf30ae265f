// The pages of registries: their formats and their default labels.

import test from 'ava';
import * as client from '../index';
import { Counter, Enum, Gauge, Histogram, Registry, Summary, type Metric } from '../index';
import { counterIn, type ReadValue } from './support/metrics';

test('content types', (t) => {
  t.is(Registry.PROMETHEUS_CONTENT_TYPE, 'text/plain; version=0.0.4; charset=utf-8');
  t.is(
    Registry.OPENMETRICS_CONTENT_TYPE,
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
  );
  t.is(client.prometheusContentType, Registry.PROMETHEUS_CONTENT_TYPE);
  t.is(client.openMetricsContentType, Registry.OPENMETRICS_CONTENT_TYPE);
  t.is(new Registry().contentType, Registry.PROMETHEUS_CONTENT_TYPE);
  t.is(
    new Registry(Registry.OPENMETRICS_CONTENT_TYPE).contentType,
    Registry.OPENMETRICS_CONTENT_TYPE,
  );
  t.is(
    new Registry({ contentType: Registry.OPENMETRICS_CONTENT_TYPE }).contentType,
    Registry.OPENMETRICS_CONTENT_TYPE,
  );
  t.throws(() => new Registry('x' as never), {
    instanceOf: TypeError,
    message: 'Content type x is unsupported',
    code: 'MPMETRICS_INVALID_CONTENT_TYPE',
  });
  const registry = new Registry();
  t.throws(() => registry.setContentType('x' as never), {
    message: 'Content type x is unsupported',
  });
  t.throws(() => new Registry({ name: '' }), { code: 'MPMETRICS_INVALID_NAME' });
  t.throws(() => new Registry({ name: 5 as never }), { code: 'MPMETRICS_INVALID_NAME' });
});

test('an empty registry is an empty line, or the end marker of OpenMetrics', async (t) => {
  const registry = new Registry();
  t.is(await registry.metrics(), '\n');
  t.is(await new Registry(Registry.OPENMETRICS_CONTENT_TYPE).metrics(), '# EOF\n');
  counterIn(registry);
  registry.clear();
  t.is(await registry.metrics(), '\n');
});

test('families are separated by a blank line, text is escaped', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  const first = new Counter({ name: 'a', help: 'x\ny\\z"', labelNames: ['l'], registers });
  first.inc({ l: 'quote " backslash \\ line\n end' });
  first.inc({ l: 'ünïcode €' });
  void new Gauge({ name: 'b', help: 'B', registers });
  t.is(
    await registry.metrics(),
    '# HELP a x\\ny\\\\z"\n# TYPE a counter\n' +
      'a{l="quote \\" backslash \\\\ line\\n end"} 1\na{l="ünïcode €"} 1\n\n' +
      '# HELP b B\n# TYPE b gauge\nb 0\n',
  );
});

test('one metric alone, as text', async (t) => {
  const registry = new Registry();
  counterIn(registry, 'a').inc(2);
  counterIn(registry, 'ab');
  t.is(await registry.getSingleMetricAsString('a'), '# HELP a A\n# TYPE a counter\na 2');
  await t.throwsAsync(registry.getSingleMetricAsString('nothing'), { instanceOf: TypeError });
});

test('as data: labels keep their types, default labels come after them', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ app: 'shop', shard: 3, x: 'default' });
  const counter = counterIn(registry, 'c', ['x', 'y']);
  counter.inc({ y: 5, x: true as never });
  counter.inc({ y: 6 });
  const histogram = new Histogram({
    name: 'h',
    help: 'H',
    labelNames: ['x'],
    buckets: [1],
    registers: [registry],
  });
  histogram.observe({ x: 7 }, 1);
  const labels = { x: 7, app: 'shop', shard: 3 };
  t.deepEqual(await registry.getMetricsAsJSON(), [
    {
      help: 'C',
      name: 'c',
      type: 'counter',
      aggregator: 'sum',
      values: [
        { value: 1, labels: { y: 5, x: true, app: 'shop', shard: 3 } },
        { value: 1, labels: { y: 6, app: 'shop', shard: 3, x: 'default' } },
      ],
    },
    {
      help: 'H',
      name: 'h',
      type: 'histogram',
      aggregator: 'sum',
      values: [
        { value: 1, metricName: 'h_bucket', exemplar: null, labels: { le: 1, ...labels } },
        { value: 1, metricName: 'h_bucket', exemplar: null, labels: { le: '+Inf', ...labels } },
        { value: 1, metricName: 'h_sum', exemplar: undefined, labels },
        { value: 1, metricName: 'h_count', exemplar: undefined, labels },
      ],
    },
  ] as never);
  t.deepEqual((await counter.get()).values, [
    { value: 1, labels: { y: 5, x: true } },
    { value: 1, labels: { y: 6 } },
  ] as never);
});

test('default labels come after own ones in text, and do not override them', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ b: 'default', c: 'default' });
  const counter = counterIn(registry, 'c', ['a', 'b']);
  counter.inc({ b: 'own', a: 1 });
  counter.inc({ a: 2 });
  t.true(
    (await registry.metrics()).endsWith(
      'c{b="own",a="1",c="default"} 1\nc{a="2",b="default",c="default"} 1\n',
    ),
  );
});

test('invalid default labels are refused, and change nothing', async (t) => {
  const registry = new Registry();
  counterIn(registry).inc();
  const labels: Record<string, string> = { app: 'shop' };
  registry.setDefaultLabels(labels);
  for (const name of ['k8s-pod', '', '9', 'a b', 'x="1"} 1\nc{y']) {
    t.throws(() => registry.setDefaultLabels({ good: 1, [name]: 1 }), {
      message: 'Invalid label name',
      code: 'MPMETRICS_INVALID_LABEL',
    });
  }
  labels['k8s-pod'] = 'given later';
  counterIn(registry, 'd');
  const text = await registry.metrics();
  t.deepEqual(text.match(/^\w.*/gm), ['c{app="shop"} 1', 'd{app="shop"} 0']);
});

test('a default label is omitted if the metric has a label of that name', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  new Histogram({ name: 'h', help: 'H', buckets: [], registers }).observe(1);
  new Summary({ name: 's', help: 'S', percentiles: [1], registers }).observe(2);
  new Gauge({ name: 'a', help: 'A', aggregator: 'all', registers }).set(3);
  new Enum({ name: 'e', help: 'E', states: ['on'], registers }).state('on');
  counterIn(registry).inc(4);
  registry.setDefaultLabels({ le: 1, quantile: 2, pid: 3, e: 4 });
  const text = await registry.metrics();
  t.deepEqual(text.match(/^\w.*/gm), [
    'h_bucket{le="+Inf",quantile="2",pid="3",e="4"} 1',
    'h_sum{quantile="2",pid="3",e="4"} 1',
    'h_count{quantile="2",pid="3",e="4"} 1',
    's{quantile="1",le="1",pid="3",e="4"} 2',
    's_sum{le="1",pid="3",e="4"} 2',
    's_count{le="1",pid="3",e="4"} 1',
    `a{le="1",quantile="2",e="4",pid="${process.pid}"} 3`,
    'e{le="1",quantile="2",pid="3",e="on"} 1',
    'c{le="1",quantile="2",pid="3",e="4"} 4',
  ]);
  const read = (await registry.getMetricsAsJSON()) as { name: string; values: ReadValue[] }[];
  const defaults: Record<string, number> = { le: 1, quantile: 2, pid: 3, e: 4 };
  for (const { name, values } of read) {
    const own = { h: 'le', s: 'quantile', a: 'pid', e: 'e' }[name];
    const found = values.filter(({ labels }) => own && labels[own] === defaults[own]);
    t.deepEqual(found, [], name);
  }
});

test('changed default labels move the counts', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  const plain = counterIn(registry, 'plain');
  const counter = counterIn(registry, 'c', ['x']);
  const gauge = new Gauge({ name: 'g', help: 'G', labelNames: ['x'], registers });
  const untouched = new Gauge({ name: 'u', help: 'U', aggregator: 'min', registers });
  const histogram = new Histogram({ name: 'h', help: 'H', buckets: [1, 2], registers });
  const child = counter.labels('held');
  plain.inc(2);
  counter.inc({ x: 'a' }, 3);
  child.inc(4);
  gauge.set({ x: 'a' }, 5);
  for (const value of [0.5, 0.5, 1.5, 8]) histogram.observe(value);
  for (const labels of [{ app: 'one' }, { app: 'one' }, { app: 'two', zone: 1 }, {}]) {
    registry.setDefaultLabels(labels);
    child.inc();
    const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    const own = (text: string): string =>
      text === '' && pairs.length === 0 ? '' : `{${[text, ...pairs].filter(Boolean).join(',')}}`;
    const text = await registry.metrics();
    t.is(text.match(/^plain/gm)?.length, 1, text);
    t.true(text.includes(`plain${own('')} 2\n`), text);
    t.true(text.includes(`c${own('x="a"')} 3\n`));
    t.true(text.includes(`g${own('x="a"')} 5\n`));
    t.true(text.includes(`u${own('')} 0\n`));
    t.true(text.includes(`h_sum${own('')} 10.5\n`));
    t.true(text.includes(`h_count${own('')} 4\n`));
    t.true(text.includes(`h_bucket{${['le="1"', ...pairs].join(',')}} 2\n`));
  }
  t.true((await registry.metrics()).includes('c{x="held"} 8\n'));
  plain.inc();
  t.true((await registry.metrics()).includes('plain 3\n'));
  t.is(untouched.name, 'u');
});

test('registries show a metric with their own default labels each', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  one.setDefaultLabels({ r: 1 });
  other.setDefaultLabels({ r: 2 });
  const registers = [one, other];
  const counter = new Counter({ name: 'c', help: 'C', labelNames: ['x'], registers });
  const gauge = new Gauge({ name: 'g', help: 'G', registers });
  const histogram = new Histogram({ name: 'h', help: 'H', buckets: [1], registers });
  counter.inc({ x: 1 });
  gauge.set(4);
  gauge.inc();
  histogram.observe(1);
  t.true((await one.metrics()).includes('c{x="1",r="1"} 1\n'));
  t.true((await other.metrics()).includes('c{x="1",r="2"} 1\n'));
  t.true((await other.metrics()).includes('g{r="2"} 5\n'));
  other.setDefaultLabels({ r: 1 });
  counter.inc({ x: 1 });
  t.true((await one.metrics()).includes('c{x="1",r="1"} 2\n'));
  t.true((await other.metrics()).includes('c{x="1",r="1"} 2\n'));
  t.true((await other.metrics()).includes('h_count{r="1"} 1\n'));
  t.deepEqual((await counter.get()).values, [{ value: 2, labels: { x: 1 } }]);
});

test('OpenMetrics: _total is added if it is absent, and the text has an end', async (t) => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE) as unknown as Registry;
  counterIn(registry, 'a').inc();
  const total = counterIn(registry, 'b_total');
  const text = await registry.metrics();
  t.true(text.includes('# TYPE a counter\n'));
  t.true(text.includes('\na_total 1\n'));
  t.true(text.includes('# TYPE b counter\n'));
  t.true(text.includes('\nb_total 0\n'));
  t.false(text.includes('total_total'));
  t.true(text.endsWith('\n# EOF\n'));
  t.is(total.name, 'b_total');
  const foreign = {
    name: 'f_total',
    get: () => ({
      name: 'f_total',
      help: 'F',
      type: 'counter',
      values: [{ value: 1, exemplar: { labelSet: { t: 'x' }, value: 2, timestamp: 3 } }],
    }),
  };
  registry.registerMetric(foreign as unknown as Metric);
  t.true(
    (await registry.metrics()).endsWith(
      '# HELP f F\n# TYPE f counter\nf_total 1 # {t="x"} 2 3\n# EOF\n',
    ),
  );
});

test('openMetrics() follows the specification for any content type; metrics() is prom-client’s', async (t) => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE) as unknown as Registry;
  const about = { help: 'Of "all"', registers: [registry] };
  new Histogram({ ...about, name: 'h', buckets: [1] }).observe(-1);
  const theirs =
    '# HELP h Of "all"\n# TYPE h histogram\n' +
    'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 1\nh_sum -1\nh_count 1\n# EOF\n';
  t.is(await registry.metrics(), theirs);
  const page =
    /^# HELP h Of \\"all\\"\n# TYPE h histogram\nh_bucket\{le="1\.0"\} 1\nh_bucket\{le="\+Inf"\} 1\n# EOF\n$/;
  t.regex(await registry.openMetrics(), page);
  t.regex(await Registry.merge([registry]).openMetrics(), page);
  registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
  t.regex(await registry.openMetrics(), page);
  t.regex(await registry.openMetrics({ created: true }), /^h_created [\d.]+\n# EOF$/m);
  t.is(await new Registry().openMetrics(), '# EOF\n');
  t.regex(await registry.openMetrics({ own: true }), /^# TYPE mpmetrics_heap_bytes gauge$/m);
});

test('a metric is read alone, even if other names begin alike or equal its sample names', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: 'jobs', help: 'H', registers }).set(7);
  const counter = new Counter({ name: 'jobs_total', help: 'H', registers });
  counter.inc(2);
  new Histogram({ name: 'wait', help: 'H', buckets: [1], registers }).observe(0.5);
  const gauge = new Gauge({ name: 'wait_count', help: 'H', registers });
  gauge.set(5);
  t.deepEqual((await counter.get()).values, [{ value: 2, labels: {} }]);
  t.is((await gauge.get()).values[0]?.value, 5);
  t.is(
    await registry.getSingleMetricAsString('jobs_total'),
    '# HELP jobs_total H\n# TYPE jobs_total counter\njobs_total 2',
  );
  t.is(
    await registry.getSingleMetricAsString('wait_count'),
    '# HELP wait_count H\n# TYPE wait_count gauge\nwait_count 5',
  );
});
