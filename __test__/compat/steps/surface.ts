// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// The exports, and the public properties of a metric.
import type { Steps } from '../seeing';

export const steps: Steps = {
  fields: async ({ Counter, Gauge, Histogram, Summary, register }, see) => {
    const collect = (): void => {};
    const options = {
      name: 'x',
      help: 'Help',
      labelNames: ['a'],
      aggregator: 'max' as const,
      collect,
      custom: 7,
    };
    for (const Class of [Counter, Gauge, Histogram, Summary] as (new (
      given: unknown,
    ) => object)[]) {
      register.clear();
      const metric = new Class(options) as Record<string, unknown>;
      const { name, help, labelNames, aggregator, type, enableExemplars, custom } = metric;
      see(Class.name, { name, help, labelNames, aggregator, type, enableExemplars, custom });
      see(`${Class.name} collect`, metric['collect'] === collect);
      see(`${Class.name} registers`, (metric['registers'] as unknown[])[0] === register);
    }
    register.clear();
    class Special extends Counter<'a'> {
      twice(): void {
        this.inc({ a: 1 }, 2);
      }
    }
    const special = new Special({ name: 'special_total', help: 'x', labelNames: ['a'] });
    special.twice();
    see('subclass', [
      special instanceof Special,
      special instanceof Counter,
      await register.metrics(),
    ]);
  },

  hashMap: async ({ Counter, Gauge, Histogram }, see) => {
    const counter = new Counter({ name: 'c_total', help: 'c', labelNames: ['b', 'a'] });
    counter.inc({ b: 1, a: 'x' }, 2);
    counter.inc({ a: 'y' });
    counter.inc();
    see('of a counter', counter.hashMap);
    const gauge = new Gauge({ name: 'g', help: 'g' });
    gauge.set(-1);
    see('of a gauge', gauge.hashMap);
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['a'], buckets: [0.5, 2] });
    histogram.observe({ a: 1 }, 1);
    see('of a histogram', histogram.hashMap);
  },

  names: async (client, see) => {
    see(
      'valid',
      ['a', 'a:b', '_x9', 'a-b', '9a', ''].map((name) => client.validateMetricName(name)),
    );
    const expected = [
      'register',
      'Registry',
      'contentType',
      'prometheusContentType',
      'openMetricsContentType',
      'validateMetricName',
      'Counter',
      'Gauge',
      'Histogram',
      'Summary',
      'Pushgateway',
      'linearBuckets',
      'exponentialBuckets',
      'collectDefaultMetrics',
      'aggregators',
      'AggregatorRegistry',
    ];
    see(
      'exported',
      expected.map((name) => `${name}: ${typeof (client as Record<string, unknown>)[name]}`),
    );
    see('content type', client.contentType);
    client.register.setContentType(client.openMetricsContentType as never);
    see('content type changed', client.contentType);
    (client as { contentType: string }).contentType = client.prometheusContentType;
    see('content type set', [client.contentType, client.register.contentType]);
    see('metrics list', client.collectDefaultMetrics.metricsList);
  },
};
