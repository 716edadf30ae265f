// Behaviour of prom-client that this package does not copy: crashes, losses, and reads that write. The spec asks both.
// @ts-nocheck -- what it calls is wrong on purpose, or looks inside
import { failure, type Client } from './seeing';

/** Looks at one behaviour of a library, and returns the result. */
type Look = (client: Client) => Promise<unknown>;

/** The values of a metric by the text of their labels. */
async function valuesOf(metric): Promise<Record<string, number>> {
  const { values } = await metric.get();
  return Object.fromEntries(values.map(({ labels, value }) => [JSON.stringify(labels), value]));
}

/** By the words of the page: the look, the result of prom-client, and the result of this package. */
export const NOT_COPIED: Record<string, [look: Look, theirs: unknown, ours: unknown]> = {
  'remove(null), with label names': [
    async ({ Gauge, Registry }) => {
      const registers = [new Registry()];
      const gauge = new Gauge({ name: 'g', help: 'g', labelNames: ['x'], registers });
      gauge.set(1);
      gauge.set({ x: 1 }, 1);
      return [await failure(() => gauge.remove(null)), await valuesOf(gauge)];
    },
    ["TypeError: Cannot read properties of null (reading 'x')", { '{}': 1, '{"x":1}': 1 }],
    ['no error', { '{"x":1}': 1 }],
  ],
  'zero() with labels that were not declared': [
    async ({ Histogram, Registry }) => {
      const about = { name: 'h', help: 'h', registers: [new Registry()], buckets: [] };
      const histogram = new Histogram(about);
      histogram.observe(5);
      return [await failure(() => histogram.zero({ x: 1 })), (await histogram.get()).values.at(-1)];
    },
    ['no error', { metricName: 'h_count', value: 0, labels: { x: 1 }, exemplar: undefined }],
    [
      'Error: Added label "x" is not included in initial labelset: []',
      { metricName: 'h_count', value: 1, labels: {}, exemplar: undefined },
    ],
  ],
  'a value above all bounds, where there is a bucket -1': [
    async ({ Histogram, Registry }) => {
      const about = { name: 'h', help: 'h', registers: [new Registry()], buckets: [-1, 1] };
      const histogram = new Histogram(about);
      histogram.observe(5);
      const { values } = await histogram.get();
      return values.map(({ value }) => value);
    },
    [1, 1, 1, 5, 1],
    [0, 0, 1, 5, 1],
  ],
  'buckets that are not sorted': [
    async ({ Histogram, Registry }) => {
      const about = { name: 'h', help: 'h', registers: [new Registry()], buckets: [2, 1] };
      const histogram = new Histogram(about);
      histogram.observe(0.5);
      histogram.observe(1.5);
      const { values } = await histogram.get();
      return values.map(({ labels, value }) => [labels.le, value]).slice(0, -2);
    },
    // prom-client counts both observations as at most 1.
    [
      [2, 2],
      [1, 2],
      ['+Inf', 2],
    ],
    [
      [1, 1],
      [2, 2],
      ['+Inf', 2],
    ],
  ],
  'a registry that refuses leaves the metric in the others': [
    async ({ Gauge, Registry }) => {
      const [one, two] = [new Registry(), new Registry()];
      new Gauge({ name: 'g', help: 'g', registers: [two] });
      const refused = await failure(
        () => new Gauge({ name: 'g', help: 'g', registers: [one, two] }),
      );
      return [/already/.test(refused), one.getSingleMetric('g') !== undefined];
    },
    [true, true],
    [true, false],
  ],
  'merge() and the default labels': [
    async ({ Gauge, Registry }) => {
      const registry = new Registry();
      registry.setDefaultLabels({ zone: 'eu' });
      new Gauge({ name: 'g', help: 'g', registers: [registry] });
      return Registry.merge([registry]).metrics();
    },
    '# HELP g g\n# TYPE g gauge\ng 0\n',
    '# HELP g g\n# TYPE g gauge\ng{zone="eu"} 0\n',
  ],
  'default labels that no label can have': [
    async ({ Registry }) => failure(() => new Registry().setDefaultLabels({ 'k8s-pod': 1 })),
    'no error',
    'Error: Invalid label name',
  ],
  'default labels of names that a metric has for itself': [
    async ({ Histogram, Registry }) => {
      const registry = new Registry();
      registry.setDefaultLabels({ le: 'x' });
      const about = { name: 'h', help: 'h', registers: [registry], buckets: [] };
      new Histogram(about).observe(1);
      return (await registry.metrics()).split('\n').slice(2);
    },
    ['h_bucket{le="+Inf"} 1', 'h_sum{le="x"} 1', 'h_count{le="x"} 1', ''],
    ['h_bucket{le="+Inf"} 1', 'h_sum 1', 'h_count 1', ''],
  ],
  'getMetricsAsJSON() writes default labels': [
    async ({ Gauge, Registry }) => {
      const registry = new Registry();
      registry.setDefaultLabels({ zone: 'eu' });
      const gauge = new Gauge({ name: 'g', help: 'g', registers: [registry] });
      await registry.getMetricsAsJSON();
      return valuesOf(gauge);
    },
    { '{"zone":"eu"}': 0 },
    { '{}': 0 },
  ],
  'metrics() renames counters': [
    async ({ Counter, Registry, openMetricsContentType }) => {
      const registry = new Registry(openMetricsContentType);
      const counter = new Counter({ name: 'c_total', help: 'c', registers: [registry] });
      const single = await registry.getSingleMetricAsString('c_total');
      await registry.metrics();
      return [single.split('\n').at(-1), counter.name];
    },
    ['c_total_total 0', 'c'],
    ['c_total 0', 'c_total'],
  ],
  'labels that are changed later': [
    async ({ Counter, Registry }) => {
      const registers = [new Registry()];
      const counter = new Counter({ name: 'c', help: 'c', labelNames: ['x'], registers });
      const labels = { x: 1 };
      counter.inc(labels);
      labels.x = 2;
      return valuesOf(counter);
    },
    { '{"x":2}': 1 },
    { '{"x":1}': 1 },
  ],
  'values of a gauge’s label that print alike': [
    async ({ Gauge, Registry }) => {
      const registers = [new Registry()];
      const gauge = new Gauge({ name: 'g', help: 'g', labelNames: ['x'], registers });
      gauge.set({ x: 1 }, 1);
      gauge.set({ x: '1' }, 2);
      return valuesOf(gauge);
    },
    { '{"x":"1"}': 2 },
    { '{"x":1}': 2 },
  ],
};
