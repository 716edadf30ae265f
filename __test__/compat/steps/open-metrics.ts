// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// OpenMetrics, and its own features.
import { failure, look, type Steps } from '../seeing';

export const steps: Steps = {
  OpenMetrics: async (
    { Counter, Gauge, Histogram, Summary, Registry, openMetricsContentType },
    see,
  ) => {
    const registry = new Registry(openMetricsContentType as never);
    const registers = [registry as never];
    new Counter({ name: 'with_total', help: 'Named as it should be', registers }).inc(2);
    new Counter({ name: 'without', help: 'Not "named" so', registers, labelNames: ['a'] }).inc({
      a: 1,
    });
    new Gauge({ name: 'gauge', help: 'A gauge\nin two lines', registers }).set(1.5);
    new Histogram({ name: 'histogram', help: 'A histogram', registers, buckets: [1, 2] }).observe(
      1.5,
    );
    new Summary({ name: 'summary', help: 'A summary', registers, percentiles: [0.5] }).observe(1.5);
    see('as text', await registry.metrics());
    see('content type', registry.contentType);
  },

  'OpenMetrics of odd numbers': async (
    { Counter, Gauge, Histogram, Summary, Registry, openMetricsContentType },
    see,
  ) => {
    const registry = new Registry(openMetricsContentType as never);
    const registers = [registry as never];
    registry.setDefaultLabels({ app: 'shop', x: 'own' });
    const labelNames = ['x'];
    new Counter({ name: 'never', help: 'Nothing yet', registers, labelNames });
    new Counter({ name: 'whole', help: 'Once', registers }).inc(1e21);
    new Gauge({ name: 'below_total', help: 'A \\ "gauge"', registers, labelNames }).set(
      { x: 1 },
      -1e21,
    );
    const buckets = [-1, 0, 0.00001, 1, 1.5, 1e6, 1e21];
    const histogram = new Histogram({ name: 'h', help: 'h', registers, labelNames, buckets });
    for (const value of [-5, 0, 2e6]) histogram.observe({ x: 'a"b\\' }, value);
    new Histogram({ name: 'sunk', help: 'h', registers, buckets: [1] }).observe(-2.5);
    const summary = new Summary({ name: 's', help: 's', registers, percentiles: [0, 0.01, 1] });
    for (const value of [-5, 1]) summary.observe(value);
    new Summary({ name: 'empty', help: 's', registers, percentiles: [1] });
    see('as text', await registry.metrics());
    see('single', await registry.getSingleMetricAsString('h'));
    see('single counter', await registry.getSingleMetricAsString('whole'));
    const other = new Registry(openMetricsContentType as never);
    new Counter({ name: 'other', help: 'Other', registers: [other as never] }).inc();
    see('merged', await Registry.merge([other, other]).metrics());
    registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE as never);
    see('and in the other format', await registry.metrics());
  },

  'OpenMetrics of others': async (
    { AggregatorRegistry, Histogram, Counter, Registry, openMetricsContentType },
    see,
  ) => {
    const source = new Registry();
    const registers = [source];
    new Counter({ name: 'c', help: '"c"', registers, labelNames: ['x'] }).inc({ x: 1 }, 2);
    new Histogram({ name: 'h', help: 'h', registers, buckets: [-1, 1] }).observe(-3);
    const json = await source.getMetricsAsJSON();
    const aggregate = AggregatorRegistry.aggregate([json, json] as never, openMetricsContentType);
    see('aggregate', await aggregate.metrics());
    const registry = new Registry(openMetricsContentType as never);
    registry.registerMetric({ name: 'h', get: async () => json[1] } as never);
    see('plain objects', await registry.metrics());
  },

  exemplars: async ({ Counter, Histogram, Registry, openMetricsContentType }, see) => {
    const registry = new Registry(openMetricsContentType as never);
    const registers = [registry as never];
    const common = { registers, enableExemplars: true };
    const counter = new Counter({ ...common, name: 'c', help: 'c', labelNames: ['code'] });
    counter.inc({ labels: { code: 200 }, value: 2, exemplarLabels: { traceId: 'a' } } as never);
    counter.inc({ labels: { code: 200 } } as never);
    counter.inc({
      labels: { code: 500 },
      exemplarLabels: { traceId: 'b', spanId: 'c"d' },
    } as never);
    const bare = new Counter({ ...common, name: 'bare', help: 'bare' });
    bare.inc({ value: 3, exemplarLabels: { traceId: 'e' } } as never);
    bare.inc();
    const histogram = new Histogram({
      ...common,
      name: 'h',
      help: 'h',
      labelNames: ['code'],
      buckets: [1, 10],
    });
    histogram.observe({
      labels: { code: 200 },
      value: 0.5,
      exemplarLabels: { traceId: 'f' },
    } as never);
    histogram.observe({
      labels: { code: 200 },
      value: 5,
      exemplarLabels: { traceId: 'g' },
    } as never);
    histogram.observe({ labels: { code: 200 }, value: 6 } as never);
    histogram.observe({
      labels: { code: 200 },
      value: 50,
      exemplarLabels: { traceId: 'h' },
    } as never);
    histogram.startTimer({ code: 300 }, { traceId: 'i' })({}, { spanId: 'j' } as never);
    counter.inc({ labels: { code: 1 }, exemplarLabels: { n: 1, is: true, no: null } } as never);
    histogram.observe({ labels: { code: 1 }, value: 2, exemplarLabels: { n: 0.5 } } as never);
    see('by itself', [await counter.get(), await histogram.get()]);
    await look(see, '', registry as never);
    see(
      'too long',
      await failure(() => counter.inc({ exemplarLabels: { x: 'y'.repeat(128) } } as never)),
    );
    see(
      'too long in a histogram',
      await failure(() =>
        histogram.observe({
          value: 1,
          labels: { code: 1 },
          exemplarLabels: { x: 'y'.repeat(128) },
        } as never),
      ),
    );
  },
};
