// Code for prom-client 15. It compiles with prom-client itself, and with its stand-in.
import client, {
  AggregatorRegistry,
  collectDefaultMetrics,
  Counter,
  exponentialBuckets,
  Gauge,
  Histogram,
  linearBuckets,
  Pushgateway,
  register,
  Registry,
  Summary,
  validateMetricName,
  type Collector,
  type CounterConfiguration,
  type LabelValues,
  type Metric,
  type MetricObject,
  type OpenMetricsContentType,
  type PrometheusContentType,
} from 'prom-client';

const open: Registry<OpenMetricsContentType> = new Registry<OpenMetricsContentType>();
const plain: Registry = new Registry();
const typed: Registry<PrometheusContentType> = new Registry<PrometheusContentType>();
open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
plain.setDefaultLabels({ app: 'shop' });
export const merged: Registry = Registry.merge([plain, typed]);
export const known: Metric<string> | undefined = register.getSingleMetric('known');

const bare = new Counter({ name: 'bare_total', help: 'Bare' });
bare.inc();
bare.inc(5);
// Label names may be given later.
bare.inc({ any: 'label' });
const requests = new Counter({
  name: 'requests_total',
  help: 'Requests',
  labelNames: ['method', 'code'] as const,
  registers: [open, plain],
  enableExemplars: true,
});
requests.inc({ method: 'GET', code: 200 });
requests.inc({ labels: { method: 'GET' }, value: 2, exemplarLabels: { code: 'a' } });
requests.labels('GET', '200').inc(3);
requests.labels({ method: 'GET' }).inc();
requests.remove({ method: 'GET' });
requests.remove('GET', '200');
// @ts-expect-error there is no such label
requests.inc({ path: '/' });

const gauge: Gauge<'a' | 'b'> = new Gauge({
  name: 'gauge',
  help: 'Gauge',
  labelNames: ['a', 'b'],
  aggregator: 'average',
  async collect() {
    await Promise.resolve();
    this.set({ a: 1 }, 2);
  },
});
const end: (labels?: LabelValues<'a' | 'b'>) => void = gauge.startTimer({ a: 'x' });
end({ b: 'y' });
gauge.setToCurrentTime({ a: 1 });
gauge.labels('1', '2').dec(4);

const histogram = new Histogram<'route'>({
  name: 'seconds',
  help: 'Seconds',
  labelNames: ['route'],
  buckets: [...linearBuckets(0.1, 0.1, 3), ...exponentialBuckets(1, 2, 4)],
});
histogram.observe({ route: '/' }, 3);
histogram.observe({ labels: { route: '/' }, value: 1, exemplarLabels: { route: 'r' } });
const seconds: number = histogram.startTimer()({ route: '/' });
histogram.zero({ route: '/' });
const child: Histogram.Internal<'route'> = histogram.labels('/');
child.observe(seconds);

const summary = new Summary({
  name: 'summary',
  help: 'Summary',
  percentiles: [0.5],
  maxAgeSeconds: 600,
  ageBuckets: 5,
  pruneAgedBuckets: true,
  compressCount: 1,
});
summary.observe(3);

// The types of children and options, by the names of their classes.
const counted: Counter.Internal = new Counter({ name: 'n_total', help: 'n' }).labels();
const gauged: Gauge.Internal<'a' | 'b'> = gauge.labels('1', '2');
const summarized: Summary.Internal<string> = summary.labels();
const buckets: Histogram.Config = { buckets: [1] };
const ranks: Summary.Config = { percentiles: [0.5] };
const job: Pushgateway.Parameters = { jobName: 'job' };
const collectors: Collector[] = [() => counted.inc(), () => gauged.set(1)];
for (const collect of collectors) collect();
summarized.observe(buckets.buckets!.length + ranks.percentiles!.length + job.jobName.length);

class Named<T extends string> extends Counter<T> {
  constructor(configuration: CounterConfiguration<T>) {
    super({ ...configuration, name: `app_${configuration.name}` });
  }
}
new Named({ name: 'x_total', help: 'x', labelNames: ['x'] }).inc({ x: 1 });

/** Subclasses may call their own fields and methods as they like. */
class Rooms extends Gauge<'room'> {
  kind = 'x';
  children: string[] = [];
  begin(): void {}
  join(room: string): void {
    this.inc({ room });
  }
  leave(room: string): void {
    this.dec({ room });
  }
}
const rooms = new Rooms({ name: 'rooms', help: 'People in rooms', labelNames: ['room'] });
rooms.join('a');

/** A wrapped metric, with labels that the wrapper does not know. */
export function counting<T extends string>(
  counter: Counter<T>,
  labels: Partial<Record<T, string>>,
): void {
  counter.inc(labels, 1);
}

export async function all(): Promise<unknown[]> {
  const text: string = await register.metrics();
  const [first] = await register.getMetricsAsJSON();
  const value: number | undefined = first?.values[0]?.value;
  const objects: MetricObject[] = register.getMetricsAsArray();
  const one: string = await register.getSingleMetricAsString('bare_total');
  const { values } = await histogram.get();
  const name: string | undefined = values[0]?.metricName;
  const cluster = new AggregatorRegistry();
  AggregatorRegistry.setRegistries([plain, open]);
  const aggregate = AggregatorRegistry.aggregate([await register.getMetricsAsJSON()]);
  collectDefaultMetrics({
    register: plain,
    prefix: 'x_',
    labels: { a: 1 },
    gcDurationBuckets: [1],
  });
  const list: string[] = collectDefaultMetrics.metricsList;
  const gateway = new Pushgateway('http://127.0.0.1:9091', { timeout: 5 }, plain);
  const { resp, body } = await gateway.pushAdd({ jobName: 'job', groupings: { key: 'value' } });
  return [
    text,
    value,
    objects,
    one,
    name,
    await cluster.clusterMetrics(),
    aggregate,
    list,
    resp,
    body,
  ];
}

export const others = [validateMetricName('x'), client.contentType];
register.removeSingleMetric('x');
register.clear();

// Types by the default import, and objects with the members of prom-client's alone.
export const byDefault: client.Counter<string> = new client.Counter({
  name: 'by_default_total',
  help: 'x',
  labelNames: ['a'],
});
export const data: client.MetricObject[] = client.register.getMetricsAsArray();
export const likeAGauge: Counter<string> = new Gauge({
  name: 'like',
  help: 'x',
  labelNames: ['a'],
});
export const mocks: [Counter<string>, Gauge<string>, Histogram<string>, Summary<string>] = [
  { inc() {}, labels: () => ({ inc() {} }), reset() {}, remove() {}, get: async () => nothing },
  {
    set() {},
    inc() {},
    dec() {},
    setToCurrentTime() {},
    startTimer: () => () => 1,
    labels: () => ({
      set() {},
      inc() {},
      dec() {},
      setToCurrentTime() {},
      startTimer: () => () => 1,
    }),
    reset() {},
    remove() {},
    get: async () => nothing,
  },
  {
    observe() {},
    startTimer: () => () => 1,
    zero() {},
    labels: () => ({ observe() {}, startTimer: () => () => 1 }),
    reset() {},
    remove() {},
    get: async () => nothing,
  },
  {
    observe() {},
    startTimer: () => () => 1,
    labels: () => ({ observe() {}, startTimer: () => () => 1 }),
    reset() {},
    remove() {},
    get: async () => nothing,
  },
];
declare const nothing: Awaited<ReturnType<Counter<string>['get']>>;
for (const metric of mocks) register.registerMetric(metric);
