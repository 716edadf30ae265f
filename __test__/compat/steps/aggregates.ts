// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Aggregators, and registries made of the data of several processes.
import { failure, look, type Steps } from '../seeing';

export const steps: Steps = {
  aggregators: async ({ Gauge, Counter, register }, see) => {
    for (const aggregator of ['sum', 'first', 'min', 'max', 'average', 'omit'] as const) {
      new Gauge({ name: `g_${aggregator}`, help: aggregator, aggregator }).set(3);
      new Counter({ name: `c_${aggregator}`, help: aggregator, aggregator, labelNames: ['x'] }).inc(
        { x: 1 },
        3,
      );
    }
    await look(see, '', register);
  },

  aggregates: async (client, see) => {
    const { AggregatorRegistry, Counter, Gauge, Histogram, Summary, Registry } = client;
    const jsons = [];
    for (const worker of [1, 2, 3]) {
      const registry = new Registry();
      const registers = [registry];
      registry.setDefaultLabels({ app: 'shop' });
      new Counter({ name: 'c_total', help: `c of ${worker}`, registers, labelNames: ['w'] }).inc(
        { w: worker % 2 },
        worker,
      );
      for (const aggregator of ['sum', 'first', 'min', 'max', 'average', 'omit'] as const) {
        new Gauge({ name: `g_${aggregator}`, help: aggregator, aggregator, registers }).set(
          worker * 1.5,
        );
      }
      new Histogram({
        name: 'h',
        help: 'h',
        registers,
        buckets: [1, 2],
        labelNames: ['w'],
      }).observe({ w: 'x' }, worker);
      new Summary({ name: 's', help: 's', registers, percentiles: [0.5] }).observe(worker);
      jsons.push(JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())));
    }
    const aggregate = AggregatorRegistry.aggregate(jsons);
    await look(see, 'three workers', aggregate);
    see('sync get', (aggregate.getSingleMetric('c_total') as unknown as { get(): unknown }).get());
    see(
      'sync list',
      aggregate.getMetricsAsArray().map(({ name }) => name),
    );
    see('none', await AggregatorRegistry.aggregate([]).metrics());
    see(
      'unknown',
      await failure(() =>
        AggregatorRegistry.aggregate([
          [{ name: 'x', help: 'x', type: 'gauge', values: [], aggregator: 'median' }],
        ]),
      ),
    );
    see('names', Object.keys(client.aggregators));
    for (const [name, aggregator] of Object.entries(client.aggregators)) {
      const values = [1, 5, 3].map((value) => ({ value, labels: { a: 1 } }));
      const metric = { help: 'h', name: 'n', type: 'gauge', values, aggregator: name };
      see(
        name,
        `${JSON.stringify((aggregator as (metrics: unknown[]) => unknown)([metric, metric]))}`,
      );
      see(`${name} of none`, `${(aggregator as (metrics: unknown[]) => unknown)([])}`);
    }
  },

  'OpenMetrics aggregates': async (
    { AggregatorRegistry, Counter, Registry, openMetricsContentType },
    see,
  ) => {
    const registry = new Registry();
    new Counter({ name: 'foo_total', help: 'foo', registers: [registry] }).inc(4);
    const json = await registry.getMetricsAsJSON();
    const aggregate = (
      AggregatorRegistry.aggregate as (...given: unknown[]) => { metrics(): string }
    )([json, json], openMetricsContentType);
    see('as text', await aggregate.metrics());
  },
};
