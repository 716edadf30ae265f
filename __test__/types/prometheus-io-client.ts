// Code for @prometheus-io/client 0.16. It compiles with the original, and with its stand-in.
import client, {
  ClusterRegistry,
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Pushgateway,
  register,
  Registry,
  Summary,
  WorkerRegistry,
  type Collector,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  type RegistryContentType,
} from '@prometheus-io/client';

const either: Registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
either.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
export const merged: Registry = Registry.merge([either, new Registry()]);
export const list: Metric[] = [];

const bare: Counter = new Counter({ name: 'bare_total', help: 'Bare', registers: [either] });
bare.inc();
bare.inc(5);
// @ts-expect-error it has no labels
bare.inc({ any: 'label' });
const gauge: Gauge<'a'> = new Gauge({
  name: 'gauge',
  help: 'Gauge',
  labelNames: ['a'],
  collect() {
    this.set({ a: 1 }, 2);
  },
});
gauge.labels({ a: 'x' }).set(3);
// @ts-expect-error there is no such label
gauge.set({ b: 'x' }, 3);
const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['x', 'y'] as const });
histogram.observe({ x: 1, y: 2 }, 3);
histogram.zero({ x: 1 });
const summary = new Summary({ name: 's', help: 's' });
summary.startTimer()();
// @ts-expect-error it has no labels
summary.observe({ any: 'label' }, 1);

// The types of children and options, by the names of their classes.
const counted: Counter.Internal = bare.labels();
const gauged: Gauge.Internal<'a'> = gauge.labels('1');
const observed: Histogram.Internal<'x' | 'y'> = histogram.labels('1', '2');
const summarized: Summary.Internal<never> = summary.labels();
const buckets: Histogram.Config = { buckets: [1] };
const ranks: Summary.Config = { percentiles: [0.5] };
const job: Pushgateway.Parameters = { jobName: 'job' };
const options: Pushgateway.Options = { requireJobName: true };
const collectors: Collector[] = [() => counted.inc(), () => gauged.set(1)];
for (const collect of collectors) collect();
observed.observe(buckets.buckets!.length);
summarized.observe(ranks.percentiles!.length + job.jobName.length + Object.keys(options).length);

class Twice extends Counter<'a'> {
  twice(): void {
    this.inc({ a: 1 }, 2);
  }
}
new Twice({ name: 't_total', help: 't', labelNames: ['a'] }).twice();

export async function all(): Promise<unknown[]> {
  const sums: MetricObjectWithValues<MetricValue<string>>[] =
    await register.getMetricsAsJSON('sum');
  const kinds: ('counter' | 'gauge' | 'histogram' | 'summary')[] = sums.map(({ type }) => type);
  const cluster = new ClusterRegistry<RegistryContentType>();
  const worker = new WorkerRegistry<RegistryContentType>();
  await worker.shutdown();
  ClusterRegistry.setRegistries(either);
  collectDefaultMetrics({ eventLoopUtilizationTimeout: 50, eventLoopUtilizationBuckets: [1] });
  const gateway = new Pushgateway('http://127.0.0.1:9091', either);
  await gateway.push({ jobName: 'job' });
  const json = await register.getMetricsAsJSON();
  const text = await Registry.aggregate([json]).metrics();
  const texts = [await cluster.clusterMetrics(), await worker.workerMetrics(), text];
  return [kinds, texts, register.getMetricsAsArray('sum'), client.register === register];
}

// Types by the default import, and an object with the members of the original alone.
export const byDefault: client.Counter<'a'> = new client.Counter({
  name: 'by_default_total',
  help: 'x',
  labelNames: ['a'],
});
export const mock: Counter<'a'> = {
  inc() {},
  labels: () => ({ inc() {} }),
  reset() {},
  remove() {},
  get: () => byDefault.get(),
};
