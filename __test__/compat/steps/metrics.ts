// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Counters, gauges, histograms and summaries: use and removal.
import { look, type Steps } from '../seeing';

export const steps: Steps = {
  counters: async ({ Counter, register }, see) => {
    const bare = new Counter({ name: 'bare_total', help: 'Without labels' });
    await look(see, 'untouched', register);
    bare.inc();
    bare.inc(2);
    bare.inc(0);
    bare.inc(0.5);
    bare.inc(undefined);
    bare.inc(null as never);
    const labelled = new Counter({
      name: 'labelled_total',
      help: 'With labels',
      labelNames: ['method', 'code'] as const,
    });
    await look(see, 'labelled and empty', register);
    labelled.inc({ method: 'GET', code: 200 });
    labelled.inc({ code: 200, method: 'GET' }, 2);
    labelled.inc({ code: 404, method: 'POST' }, 3);
    labelled.inc({ method: 'PUT' });
    labelled.inc({});
    labelled.inc(5);
    labelled.labels('GET', '200').inc();
    labelled.labels({ method: 'GET', code: '200' }).inc(10);
    labelled.labels('DELETE', '204').inc(0);
    labelled.labels({ code: 500 } as never).inc();
    await look(see, 'used', register);
    see('get', await labelled.get());
    see('single text', await register.getSingleMetricAsString('labelled_total'));
  },

  gauges: async ({ Gauge, register }, see) => {
    const bare = new Gauge({ name: 'bare', help: 'Without labels' });
    await look(see, 'untouched', register);
    bare.set(5);
    bare.inc();
    bare.inc(2.5);
    bare.dec();
    bare.dec(10);
    const labelled = new Gauge({ name: 'labelled', help: 'With', labelNames: ['a', 'b'] });
    labelled.set({ a: 1, b: 2 }, 3);
    labelled.set({ a: 1, b: 2 }, 4);
    labelled.inc({ a: 'x' });
    labelled.dec({ a: 'y' }, 4);
    labelled.inc({ a: 'x' }, 2);
    labelled.labels('1', '2').inc(100);
    labelled.labels({ a: 'z' }).set(-1);
    labelled.labels('c', 'd').dec();
    labelled.labels('e', 'f').setToCurrentTime();
    labelled.setToCurrentTime({ a: 'now' });
    bare.setToCurrentTime();
    await look(see, 'used', register);
    bare.set(Infinity);
    labelled.set({ a: 'minus' }, -Infinity);
    await look(see, 'infinite', register);
    see('get', await bare.get());
  },

  'gauges set with labels in another order': async ({ Gauge, register }, see) => {
    const gauge = new Gauge({ name: 'ordered', help: 'Order', labelNames: ['a', 'b'] });
    gauge.set({ a: 'x', b: 'y' }, 1);
    gauge.set({ b: 'y', a: 'x' }, 2);
    gauge.set({ b: 'other' }, 3);
    await look(see, '', register);
    gauge.inc({ a: 'x', b: 'y' });
    gauge.dec({ a: 'x', b: 'y' });
    await look(see, 'added to', register);
    const held = gauge.labels('x', 'y');
    held.set(4);
    await look(see, 'held', register);
    const reversed = gauge.labels({ b: 'y', a: 'x' });
    reversed.inc();
    await look(see, 'held and added to', register);
    reversed.set(5);
    await look(see, 'held in another order', register);
    see('by itself', await register.getSingleMetricAsString('ordered'));
    held.setToCurrentTime();
    gauge.set({ a: undefined, b: 'other' }, 6);
    await look(see, 'undefined', register);
    gauge.startTimer({ b: 'other' })();
    await look(see, 'no longer', register);
    reversed.setToCurrentTime();
    register.setDefaultLabels({ more: 1 });
    await look(see, 'with default labels', register);
    gauge.remove('x', 'y');
    gauge.set({ a: 'x', b: 'y' }, 7);
    await look(see, 'removed and set again', register);
  },

  'gauges made by adding, in another order': async ({ Gauge, Counter, register }, see) => {
    const gauge = new Gauge({ name: 'added', help: 'Order', labelNames: ['a', 'b', 'c'] });
    gauge.inc({ c: 1, a: 2, b: 3 });
    gauge.inc({ a: 2, b: 3, c: 1 });
    await look(see, 'added to', register);
    gauge.set({ a: 2, b: 3, c: 1 }, 4);
    const counter = new Counter({ name: 'added_total', help: 'Order', labelNames: ['a', 'b'] });
    counter.inc({ b: 1, a: 2 });
    counter.inc({ a: 2, b: 1 });
    await look(see, 'set', register);
  },

  histograms: async ({ Histogram, register, linearBuckets, exponentialBuckets }, see) => {
    const bare = new Histogram({ name: 'bare_seconds', help: 'Without labels' });
    await look(see, 'untouched', register);
    for (const value of [0.001, 0.005, 0.0051, 1, 10, 11, -1, 0]) bare.observe(value);
    const labelled = new Histogram({
      name: 'labelled_bytes',
      help: 'With labels',
      labelNames: ['route', 'code'],
      buckets: [1, 10, 100.5],
    });
    await look(see, 'labelled and empty', register);
    labelled.observe({ route: '/', code: 200 }, 5);
    labelled.observe({ code: 200, route: '/' }, 50);
    labelled.observe({ code: 500, route: '/' }, 500);
    labelled.observe({ route: '/only' }, 1);
    labelled.labels('/', '200').observe(7);
    labelled.labels({ route: '/held' }).observe(100.5);
    labelled.zero({ route: '/zero', code: 0 });
    labelled.observe(3);
    await look(see, 'used', register);
    see('get', await labelled.get());
    see('single text', await register.getSingleMetricAsString('labelled_bytes'));
    see('bounds', [linearBuckets(0, 50, 10), exponentialBuckets(1, 2, 5)]);
    new Histogram({ name: 'linear', help: 'x', buckets: linearBuckets(0, 0.1, 7) }).observe(0.3);
    new Histogram({ name: 'exponential', help: 'x', buckets: exponentialBuckets(0.1, 1.5, 6) });
    new Histogram({ name: 'none', help: 'x', buckets: [] }).observe(1);
    await look(see, 'other buckets', register);
    see('fields', [bare.upperBounds, labelled.buckets, labelled.upperBounds] as never);
  },

  'zeroed histograms': async ({ Histogram, register }, see) => {
    const histogram = new Histogram({ name: 'z', help: 'z', labelNames: ['a'], buckets: [1] });
    histogram.observe({ a: 'first' }, 1);
    histogram.zero({ a: 'second' });
    histogram.zero({ a: 'first' });
    const nowhere = new Histogram({ name: 'n', help: 'n', labelNames: ['a'], registers: [] });
    for (const a of ['first', 'second']) nowhere.observe({ a }, 1);
    nowhere.zero({ a: 'first' });
    see('in no registry', await nowhere.get());
    await look(see, '', register);
  },

  summaries: async ({ Summary, register }, see) => {
    const bare = new Summary({ name: 'bare_summary', help: 'Without labels' });
    await look(see, 'untouched', register);
    for (const value of [3, 1, 2]) bare.observe(value);
    const labelled = new Summary({
      name: 'labelled_summary',
      help: 'With labels',
      labelNames: ['route', 'code'],
      percentiles: [0.5, 0.9, 0.99],
    });
    await look(see, 'labelled and empty', register);
    labelled.observe({ route: '/', code: 200 }, 5);
    labelled.observe({ code: 200, route: '/' }, 50);
    labelled.labels('/', '404').observe(7);
    labelled.labels({ route: '/held' }).observe(-100.5);
    labelled.observe({ route: '/only' }, 0);
    await look(see, 'used', register);
    see('get', await labelled.get());
    labelled.remove('/', '404');
    await look(see, 'removed', register);
    labelled.reset();
    bare.reset();
    await look(see, 'reset', register);
    bare.observe(8);
    await look(see, 'used again', register);
  },

  'summaries of up to 32 samples': async ({ Summary, register }, see) => {
    for (const size of [1, 2, 4, 5, 10, 31, 32]) {
      const summary = new Summary({ name: `of_${size}`, help: 'Samples' });
      for (let index = 0; index < size; index += 1) summary.observe(((index * 7) % size) * 1.25);
    }
    await look(see, '', register);
  },

  'summaries of many samples': async ({ Summary, register }, see) => {
    const summary = new Summary({ name: 'many', help: 'Samples' });
    for (let index = 0; index < 5000; index += 1) summary.observe(1 + ((index * 7919) % 5000) / 50);
    await look(see, '', register);
  },

  'summaries with windows': async ({ Summary, register }, see) => {
    const summary = new Summary({
      name: 'windowed',
      help: 'Samples',
      labelNames: ['x'],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      pruneAgedBuckets: true,
      compressCount: 2,
    });
    for (const value of [1, 2, 3, 4]) summary.observe({ x: 1 }, value);
    await look(see, '', register);
  },

  timers: async ({ Gauge, Histogram, Summary, register }, see) => {
    const gauge = new Gauge({ name: 'timer', help: 'Timer', labelNames: ['a', 'b'] });
    see('gauge', gauge.startTimer({ a: 1 })({ b: 2 }));
    see('gauge child', gauge.labels('3', '4').startTimer()());
    const histogram = new Histogram({
      name: 'timer_h',
      help: 'Timer',
      labelNames: ['a', 'b'],
      buckets: [1],
    });
    see('histogram', histogram.startTimer()({ a: 1 }));
    see('histogram child', histogram.labels({ a: 2 }).startTimer()({ b: 3 }));
    const summary = new Summary({ name: 'timer_s', help: 'Timer', labelNames: ['a', 'b'] });
    see('summary', summary.startTimer({ a: 1, b: 2 })({ b: 3 }));
    see('summary child', summary.labels('1', '2').startTimer()());
    await look(see, '', register);
  },
};
