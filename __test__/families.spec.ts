// Families as data: typed, of the whole application, from the own heap and from one opened by its name.

import test from 'ava';
import {
  Counter,
  Enum,
  Gauge,
  Histogram,
  Info,
  open,
  Registry,
  Summary,
  type MetricFamily,
} from '../index';

/** The family of a type, of the only metric in the registry. */
async function only<Type extends MetricFamily['type']>(
  registry: Registry,
  type: Type,
): Promise<Extract<MetricFamily, { type: Type }>> {
  const [family, ...others] = await registry.families();
  if (family?.type !== type || others.length > 0) throw new Error(`${others.length} families`);
  return family as Extract<MetricFamily, { type: Type }>;
}

test('a counter tells labels, value, unit and start time', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ zone: 'a"b' });
  const before = Date.now() / 1000;
  const counter = new Counter({
    name: 'cpu_seconds_total',
    help: 'CPU',
    unit: 'seconds',
    labelNames: ['mode', '__proto__'],
    registers: [registry],
  });
  counter.inc({ mode: 'user' }, 1.5);
  const family = await only(registry, 'counter');
  t.is(family.name, 'cpu_seconds_total');
  t.is(family.help, 'CPU');
  t.is(family.unit, 'seconds');
  const [series, ...others] = family.series;
  t.deepEqual(others, []);
  t.deepEqual(series?.labels, { mode: 'user', zone: 'a"b' });
  t.is(series?.value, 1.5);
  t.is(series?.exemplar, null);
  t.true(Number(series?.startTime) >= before - 0.001);
  t.true(Number(series?.startTime) <= Date.now() / 1000 + 0.001);
});

test('a histogram tells cumulative buckets, with exemplars', async (t) => {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
  const histogram = new Histogram({
    name: 'h',
    help: 'H',
    buckets: [1, 2],
    enableExemplars: true,
    registers: [registry as never],
  });
  histogram.observe({ labels: {}, value: 1.5, exemplarLabels: { trace_id: 'x' } });
  histogram.observe({ labels: {}, value: 9, exemplarLabels: {} });
  const family = await only(registry as never, 'histogram');
  const [series] = family.series;
  t.is(series?.count, 2);
  t.is(series?.sum, 10.5);
  t.is(series?.native, null);
  t.deepEqual(
    series?.buckets.map(({ upperBound, cumulativeCount }) => [upperBound, cumulativeCount]),
    [
      [1, 0],
      [2, 1],
      [Infinity, 2],
    ],
  );
  t.deepEqual(series?.buckets[1]?.exemplar?.labels, { trace_id: 'x' });
  t.is(series?.buckets[1]?.exemplar?.value, 1.5);
  t.is(series?.buckets[0]?.exemplar, null);
});

test('gauges, summaries, infos and enums tell their own fields', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: 'g', help: 'G', registers }).set(-2);
  new Summary({ name: 's', help: 'S', percentiles: [0.5], registers }).observe(3);
  new Info({ name: 'i', help: 'I', registers }).info({ version: '1' });
  new Enum({ name: 'e', help: 'E', states: ['off', 'on'], registers }).state('on');
  const families = await registry.families();
  t.deepEqual(
    families.map((family) => {
      if (family.type === 'summary') {
        return family.series.map(({ startTime: _, ...series }) => series);
      }
      return family.series;
    }),
    [
      [{ labels: {}, value: -2 }],
      [{ labels: {}, count: 1, sum: 3, quantiles: [{ quantile: 0.5, value: 3 }] }],
      [{ labels: { version: '1' } }],
      [{ labels: {}, state: 'on' }],
    ],
  );
});

test('collect functions run first, and an empty registry has no families', async (t) => {
  const registry = new Registry();
  t.deepEqual(await registry.families(), []);
  const collect = function collect(this: Gauge): void {
    this.set(7);
  };
  new Gauge({ name: 'g', help: 'G', collect, registers: [registry] });
  t.is((await only(registry, 'gauge')).series[0]?.value, 7);
  const own = await registry.families({ own: true });
  t.true(own.some(({ name }) => name === 'mpmetrics_writers'));
});

test('a metric of another library is gathered by series', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ zone: 'a' });
  const bucket = (le: number | string, value: number): object => ({
    metricName: 'h_bucket',
    labels: { le, x: 1 },
    value,
  });
  registry.registerMetric({
    name: 'h',
    help: 'H',
    type: 'histogram',
    get: () => ({
      name: 'h',
      help: 'H',
      type: 'histogram',
      values: [
        bucket('+Inf', 5),
        bucket(2, 3),
        bucket(1, 1),
        { metricName: 'h_sum', labels: { x: 1 }, value: 8 },
        { metricName: 'h_count', labels: { x: 1 }, value: 5 },
      ],
    }),
  } as never);
  const { series } = await only(registry, 'histogram');
  t.deepEqual(series, [
    {
      labels: { x: '1', zone: 'a' },
      startTime: null,
      count: 5,
      sum: 8,
      buckets: [
        { upperBound: 1, cumulativeCount: 1, exemplar: null },
        { upperBound: 2, cumulativeCount: 3, exemplar: null },
        { upperBound: Infinity, cumulativeCount: 5, exemplar: null },
      ],
      native: null,
    },
  ]);
});

test('summaries and untyped metrics of another library are families', async (t) => {
  const registry = new Registry();
  const add = (name: string, type: string, values: object[]): void => {
    const get = (): object => ({ name, help: name, type, values });
    registry.registerMetric({ name, help: name, type, get } as never);
  };
  add('s', 'summary', [
    { labels: { quantile: 0.5 }, value: 4 },
    { metricName: 's_sum', value: 8 },
    { metricName: 's_count', value: 2 },
  ]);
  add('u', 'untyped', [{ value: 1 }, { metricName: 'u_other', labels: { a: 'b' }, value: 2 }]);
  const [summary, ...untyped] = await registry.families();
  t.deepEqual(summary?.series as unknown, [
    { labels: {}, startTime: null, count: 2, sum: 8, quantiles: [{ quantile: 0.5, value: 4 }] },
  ]);
  t.deepEqual(
    untyped.map(({ name, type, series }) => ({ name, type, series })),
    [
      { name: 'u', type: 'unknown', series: [{ labels: {}, value: 1 }] },
      { name: 'u_other', type: 'unknown', series: [{ labels: { a: 'b' }, value: 2 }] },
    ],
  );
});

test('a heap that was opened by its name tells its families', async (t) => {
  const name = `families-${process.pid}`;
  const writer = open({ name });
  new Counter({ name: 'c', help: 'C', registers: [writer.register] }).inc(3);
  const reader = open({ name, mode: 'read' });
  const family = await only(reader.register, 'counter');
  t.is(family.series[0]?.value, 3);
  reader.close();
  writer.close();
});
