// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// The other format, and what only it has.
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
