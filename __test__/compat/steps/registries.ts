// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Registries: empty, several, merged, with default labels.
import { failure, look, type Steps } from '../seeing';

export const steps: Steps = {
  'the empty registry': async ({ register, Registry }, see) => {
    await look(see, 'global', register);
    await look(see, 'own', new Registry());
    const open = new Registry(
      'application/openmetrics-text; version=1.0.0; charset=utf-8' as never,
    );
    await look(see, 'OpenMetrics', open);
  },

  registries: async ({ Counter, Gauge, Registry, register }, see) => {
    const one = new Registry();
    const two = new Registry();
    const both = new Counter({ name: 'both_total', help: 'In both', registers: [one, two] });
    both.inc(3);
    new Gauge({ name: 'g_one', help: 'One', registers: [one] }).set(1);
    new Gauge({ name: 'g_two', help: 'Two', registers: [two] }).set(2);
    new Gauge({ name: 'nowhere', help: 'None', registers: [] }).set(2);
    await look(see, 'one', one);
    await look(see, 'two', two);
    await look(see, 'global', register);
    await look(see, 'merged', Registry.merge([one, two]));
    see(
      'array',
      two.getMetricsAsArray().map((metric) => metric.name),
    );
    see('single', one.getSingleMetric('both_total') === (both as unknown));
    see('a missing one', `${one.getSingleMetric('never')}`);
    see('as text', await one.getSingleMetricAsString('g_one'));
    see('a missing one as text', await failure(() => one.getSingleMetricAsString('never')));
    one.registerMetric(both);
    two.registerMetric(one.getSingleMetric('g_one') as never);
    await look(see, 'registered elsewhere', two);
    const nowhere = new Gauge({ name: 'later', help: 'Later', registers: [] });
    nowhere.set(4);
    see('of no registry', await nowhere.get());
    one.registerMetric(nowhere);
    nowhere.inc();
    await look(see, 'registered later', one);
    const own = {
      name: 'own',
      help: 'Own',
      type: 'gauge',
      values: [{ value: 3, labels: { a: 'b"c' } }],
    };
    one.registerMetric({ name: 'own', get: async () => own } as never);
    await look(see, 'a plain object', one);
    see('types', [
      one.contentType,
      Registry.PROMETHEUS_CONTENT_TYPE,
      Registry.OPENMETRICS_CONTENT_TYPE,
    ]);
    see('global', Registry.globalRegistry === register);
    see(
      'fields',
      Object.keys(one).filter((name) => name === '_metrics'),
    );
    // oxlint-disable-next-line no-underscore-dangle -- other packages look there
    see('_metrics', Object.keys((one as unknown as { _metrics: object })._metrics));
    see(
      'replaced',
      await failure(() => {
        const replaced = new Counter({ name: 'own_total', help: 'x', registers: [one] });
        return replaced.inc();
      }),
    );
  },

  'default labels': async ({ Counter, Gauge, Histogram, Summary, Registry }, see) => {
    const registry = new Registry();
    const registers = [registry];
    registry.setDefaultLabels({ zone: 'eu', pid: 7 });
    new Counter({ name: 'c_total', help: 'c', registers }).inc();
    const counter = new Counter({
      name: 'd_total',
      help: 'd',
      registers,
      labelNames: ['x', 'zone'],
    });
    counter.inc({ x: 1 });
    counter.inc({ x: 1, zone: 'us' });
    counter.inc({ zone: 'own' });
    new Gauge({ name: 'g', help: 'g', registers, labelNames: ['x'] }).set({ x: 'y' }, 2);
    new Histogram({ name: 'h', help: 'h', registers, labelNames: ['x'], buckets: [1] }).observe(
      { x: 'y' },
      2,
    );
    new Histogram({ name: 'i', help: 'i', registers, buckets: [1] }).observe(1);
    new Summary({ name: 's', help: 's', registers, labelNames: ['x'], percentiles: [0.5] }).observe(
      { x: 'y' },
      2,
    );
    new Summary({ name: 't', help: 't', registers, percentiles: [0.5] }).observe(2);
    see('set as text', await registry.metrics());
    registry.setDefaultLabels({ zone: 'asia' });
    counter.inc({ x: 2 });
    see('changed as text', await registry.metrics());
    registry.setDefaultLabels({});
    see('taken away as text', await registry.metrics());
    see('get', await counter.get());
    registry.setDefaultLabels({ late: 'label' });
    await look(see, 'set late', registry);
    registry.clear();
    new Counter({ name: 'c_total', help: 'c', registers }).inc();
    await look(see, 'cleared', registry);
  },

  'default labels and empty ones': async ({ Counter, Histogram, Registry }, see) => {
    const registry = new Registry();
    const registers = [registry];
    registry.setDefaultLabels({ zone: 'eu', rack: 3 });
    const labelNames = ['x', 'zone', 'rack'];
    const counter = new Counter({ name: 'c_total', help: 'c', registers, labelNames });
    counter.inc({ x: '', zone: '', rack: 0 });
    counter.inc({ x: 0, zone: 'us' });
    const histogram = new Histogram({ name: 'h', help: 'h', registers, labelNames, buckets: [1] });
    histogram.observe({ x: 1, zone: '', rack: 0 }, 1);
    await look(see, '', registry);
  },

  collect: async ({ Counter, Gauge, Histogram, Registry }, see) => {
    const registry = new Registry();
    const registers = [registry];
    const order: string[] = [];
    new Gauge({
      name: 'sync',
      help: 'Sync',
      registers,
      collect() {
        order.push('sync');
        this.set(order.length);
      },
    });
    new Counter({
      name: 'async_total',
      help: 'Async',
      registers,
      async collect() {
        await Promise.resolve();
        order.push('async');
        this.inc();
      },
    });
    new Histogram({
      name: 'h',
      help: 'h',
      registers,
      buckets: [1],
      collect() {
        this.reset();
        this.observe(order.length);
      },
    });
    await look(see, '', registry);
    see('order', order);
    see('single', await registry.getSingleMetricAsString('sync'));
    const failing = new Registry();
    new Gauge({
      name: 'f',
      help: 'f',
      registers: [failing],
      collect: () => {
        throw new Error('collect failed');
      },
    });
    see('throws', await failure(() => failing.metrics()));
    const rejecting = new Registry();
    new Gauge({
      name: 'f',
      help: 'f',
      registers: [rejecting],
      collect: async () => {
        throw new Error('collect rejected');
      },
    });
    see('rejects', await failure(() => rejecting.getMetricsAsJSON()));
  },
};
