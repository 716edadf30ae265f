// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Removal, reset and new registration.
import { look, type Steps } from '../seeing';

export const steps: Steps = {
  'labels without a value': async ({ Gauge, Registry }, see) => {
    const registry = new Registry();
    const registers = [registry];
    const gauge = new Gauge({ name: 'g', help: 'g', registers, labelNames: ['x', 'y'] });
    gauge.set({ x: undefined } as never, 1);
    await look(see, 'first', registry);
    gauge.inc(1);
    await look(see, 'added to', registry);
    gauge.set(2);
    await look(see, 'set without', registry);
    gauge.inc(1);
    gauge.set({ y: undefined } as never, 4);
    await look(see, 'set with again', registry);
    gauge.inc(1);
    await look(see, 'and added to', registry);
    registry.setDefaultLabels({ y: 1 });
    gauge.set(6);
    await look(see, 'under default labels', registry);
    const held = gauge.labels({ x: undefined } as never);
    held.set(7);
    gauge.set(8);
    await look(see, 'after a held one', registry);
  },

  'zero in another order': async ({ Histogram, Registry, openMetricsContentType }, see) => {
    const registry = new Registry(openMetricsContentType as never);
    const labelNames = ['x', 'y'];
    const about = { registers: [registry as never], labelNames, buckets: [1] };
    const histogram = new Histogram({ ...about, name: 'h', help: 'h', enableExemplars: true });
    new Histogram({ ...about, name: 'h_sum_of', help: 'h' }).observe({ y: '2', x: '"},{' }, 1);
    const observe = (labels: object): void =>
      histogram.observe({ labels, value: 1, exemplarLabels: { a: '}"' } } as never);
    observe({ x: '"},{', y: '2' });
    observe({ x: 'other', y: '2' });
    histogram.zero({ y: 2, x: '"},{' });
    await look(see, 'zero', registry as never);
    observe({ x: '"},{', y: '2' });
    await look(see, 'observed', registry as never);
    see('get', await histogram.get());
    registry.setDefaultLabels({ d: 'e' });
    await look(see, 'under default labels', registry as never);
    for (let index = 0; index < 600; index += 1) observe({ y: index, x: '' });
    for (let index = 0; index < 600; index += 2) histogram.remove({ x: '', y: `${index}` });
    await look(see, 'among many', registry as never);
    histogram.zero({ x: '"},{', y: '2' });
    await look(see, 'as at first', registry as never);
  },

  removal: async ({ Counter, Gauge, Histogram, Registry, register }, see) => {
    const counter = new Counter({ name: 'c_total', help: 'c', labelNames: ['a', 'b'] });
    counter.inc({ a: 1, b: 1 });
    counter.inc({ a: 2, b: 2 });
    counter.inc({ a: 3, b: 3 });
    counter.remove('2', '2');
    counter.remove({ a: 'never', b: 'there' });
    await look(see, 'counter', register);
    counter.inc({ a: 4, b: 4 });
    counter.inc({ a: 2, b: 2 });
    await look(see, 'counter again', register);
    const held = counter.labels('1', '1');
    counter.remove({ b: 1, a: 1 });
    held.inc(5);
    await look(see, 'counter held', register);
    counter.reset();
    await look(see, 'counter reset', register);
    held.inc();
    await look(see, 'counter held after reset', register);
    const bare = new Counter({ name: 'bare_total', help: 'bare' });
    bare.inc(7);
    bare.reset();
    bare.inc(2);
    await look(see, 'bare counter reset', register);
    bare.remove();
    await look(see, 'bare counter removed', register);
    const gauge = new Gauge({ name: 'g', help: 'g', labelNames: ['a'] });
    gauge.set({ a: 1 }, 1);
    gauge.set({ a: 2 }, 2);
    gauge.remove('1');
    await look(see, 'gauge', register);
    gauge.reset();
    const bareGauge = new Gauge({ name: 'bare', help: 'bare' });
    bareGauge.set(7);
    bareGauge.reset();
    await look(see, 'gauges reset', register);
    bareGauge.inc();
    gauge.inc({ a: 1 });
    bareGauge.remove();
    await look(see, 'gauges again', register);
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['a'], buckets: [1] });
    histogram.observe({ a: 1 }, 1);
    histogram.observe({ a: 2 }, 2);
    histogram.remove({ a: 1 });
    await look(see, 'histogram', register);
    histogram.reset();
    const bareHistogram = new Histogram({ name: 'i', help: 'i', buckets: [1] });
    bareHistogram.observe(3);
    bareHistogram.reset();
    await look(see, 'histograms reset', register);
    bareHistogram.observe(4);
    histogram.observe({ a: 9 }, 4);
    await look(see, 'histograms again', register);
    register.resetMetrics();
    await look(see, 'all reset', register);
    register.removeSingleMetric('c_total');
    register.removeSingleMetric('never_there');
    await look(see, 'one removed', register);
    see('gone', `${register.getSingleMetric('c_total')}`);
    const again = new Counter({ name: 'c_total', help: 'other', labelNames: ['z'] });
    again.inc({ z: 1 });
    await look(see, 'made again', register);
    counter.inc({ a: 1, b: 1 });
    see('what is out of the registry counts on', await counter.get());
    register.clear();
    await look(see, 'cleared', register);
    const registry = new Registry();
    const registers = [registry];
    new Counter({ name: 'removed_total', help: 'r', registers }).remove();
    new Histogram({ name: 'reset', help: 'r', registers, buckets: [1] }).reset();
    const named = new Gauge({ name: 'named', help: 'n', labelNames: ['a', 'b'], registers });
    named.set(1);
    named.set({ b: 1 }, 2);
    named.remove({ a: undefined });
    registry.setDefaultLabels({ app: 'shop', a: 'default' });
    await look(see, 'default labels bring nothing back', registry);
    again.inc({ z: 1 });
    see('what was cleared counts on', await again.get());
  },
};
