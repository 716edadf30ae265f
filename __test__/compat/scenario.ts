// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// One broad use of prom-client's API, with everything that can be seen of it written down: it runs once with
// prom-client itself and once with mpmetrics, so it names neither.
import type * as PromClient from 'prom-client';

/** What was seen, by the name of the step. */
export type Transcript = Record<string, string>;

type Client = typeof PromClient;
type Step = (client: Client, see: (name: string, what: unknown) => void) => unknown;

/** Runs all steps, each with registries of its own. */
export async function play(client: Client): Promise<Transcript> {
  const seen: Transcript = {};
  for (const [name, step] of Object.entries(STEPS)) {
    client.register.clear();
    client.register.setContentType(client.prometheusContentType);
    const see = (detail: string, what: unknown): void => {
      const key = detail === '' ? name : `${name}: ${detail}`;
      if (key in seen) throw new Error(`${key} was seen before`);
      seen[key] = typeof what === 'string' ? what : `${JSON.stringify(what)}`;
    };
    try {
      await step(client, see);
    } catch (error) {
      see('broke off', (error as Error).stack ?? '');
    }
  }
  return seen;
}

/** Text and data of a registry. */
async function look(
  see: (name: string, what: unknown) => void,
  name: string,
  registry: { metrics(): unknown; getMetricsAsJSON(): unknown },
): Promise<void> {
  see(`${name} as text`, await registry.metrics());
  see(`${name} as data`, await registry.getMetricsAsJSON());
}

/** An error's class and message. */
async function failure(act: () => unknown): Promise<string> {
  try {
    await act();
    return 'no error';
  } catch (error) {
    const { constructor, message } = error as Error;
    return `${constructor.name}: ${message}${error instanceof Error ? '' : ' (foreign)'}`;
  }
}

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  1.5,
  0.1 + 0.2,
  1e21,
  1e20,
  123456789012345680000,
  1e-6,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  2 ** 53,
  2 ** 53 + 2,
  1 / 3,
  100,
  1e100,
  -1e-10,
  0.000001234,
];

const TEXTS = [
  'plain',
  '',
  ' ',
  'a"b',
  'a\\b',
  'a\nb',
  '\\n',
  '"',
  '\\',
  '{x="1"}',
  ',',
  'é漢😀',
  '\t\r',
  'a\u0000b',
  '#',
  "'",
];

const STEPS: Record<string, Step> = {
  'the empty registry': async ({ register, Registry }, see) => {
    await look(see, 'global', register);
    await look(see, 'own', new Registry());
    const open = new Registry(
      'application/openmetrics-text; version=1.0.0; charset=utf-8' as never,
    );
    await look(see, 'OpenMetrics', open);
  },

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
    await look(see, '', register);
  },

  NaN: async ({ Gauge, Counter, register, Registry }, see) => {
    new Gauge({ name: 'nothing', help: 'No number' }).set(NaN);
    new Counter({ name: 'nothing_total', help: 'No number' }).inc(NaN);
    await look(see, 'Prometheus', register);
    const open = new Registry(
      'application/openmetrics-text; version=1.0.0; charset=utf-8' as never,
    );
    new Gauge({ name: 'nothing', help: 'No number', registers: [open as never] }).set(NaN);
    await look(see, 'OpenMetrics', open);
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

  numbers: async ({ Gauge, Counter, Histogram, register }, see) => {
    const gauge = new Gauge({ name: 'number', help: 'Numbers', labelNames: ['index'] });
    const counter = new Counter({ name: 'number_total', help: 'Numbers', labelNames: ['index'] });
    NUMBERS.forEach((number, index) => {
      gauge.set({ index }, number);
      counter.inc({ index }, Math.abs(number));
    });
    const buckets = [-1e21, -1.5, 0, 1e-7, 0.1, 1e20, 1e21];
    const histogram = new Histogram({ name: 'number_spread', help: 'Numbers', buckets });
    for (const number of NUMBERS) histogram.observe(number);
    await look(see, '', register);
  },

  texts: async ({ Gauge, Histogram, register }, see) => {
    const gauge = new Gauge({ name: 'text', help: 'Texts', labelNames: ['text', 'more'] });
    TEXTS.forEach((text, index) => gauge.set({ text, more: TEXTS.at(-index)! }, index));
    TEXTS.forEach((help, index) => {
      if (help !== '') new Gauge({ name: `help_${index}`, help });
    });
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['text'], buckets: [1] });
    for (const text of TEXTS) histogram.observe({ text }, 2);
    await look(see, '', register);
  },

  'label values of all types': async ({ Counter, Gauge, register }, see) => {
    const counter = new Counter({ name: 'typed_total', help: 'Types', labelNames: ['value'] });
    const values: unknown[] = [1, '1', 1.5, true, false, 0, '', null, NaN, -0, 1e21, [1, 2]];
    for (const value of values) counter.inc({ value } as never);
    const gauge = new Gauge({ name: 'typed', help: 'Types', labelNames: ['a', 'b'] });
    gauge.set({ b: 1 } as never, 2);
    gauge.set({ a: 'x', b: { toString: () => 'object' } } as never, 3);
    await look(see, '', register);
  },

  'labels without a value': async ({ Counter, register }, see) => {
    const counter = new Counter({ name: 'without_total', help: 'Without', labelNames: ['a', 'b'] });
    counter.inc({ a: undefined, b: 1 } as never);
    counter.inc({ b: 1 } as never);
    await look(see, '', register);
  },

  'labels that look alike': async ({ Counter, register }, see) => {
    const counter = new Counter({ name: 'alike_total', help: 'Alike', labelNames: ['x', 'y'] });
    counter.inc({ x: '1,y:2' });
    counter.inc({ x: '1', y: '2' });
    await look(see, '', register);
  },

  'given labels are copied': async ({ Gauge, register }, see) => {
    const gauge = new Gauge({ name: 'copied', help: 'Copied', labelNames: ['x'] });
    const labels = { x: 'before' };
    const end = gauge.startTimer(labels);
    labels.x = 'at the end';
    see('timer', end());
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

  removal: async ({ Counter, Gauge, Histogram, register }, see) => {
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
    again.inc({ z: 1 });
    see('what was cleared counts on', await again.get());
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

  errors: async (client, see) => {
    const {
      Counter,
      Gauge,
      Histogram,
      Summary,
      Registry,
      AggregatorRegistry,
      Pushgateway,
      register,
    } = client;
    const { collectDefaultMetrics, linearBuckets, exponentialBuckets, openMetricsContentType } =
      client;
    const classes = { Counter, Gauge, Histogram, Summary } as unknown as Record<
      string,
      new (configuration?: unknown) => { [method: string]: (...given: unknown[]) => unknown }
    >;
    for (const [name, Class] of Object.entries(classes)) {
      const errors: Record<string, string> = {};
      const fails = async (what: string, act: () => unknown): Promise<void> => {
        errors[what] = await failure(act);
      };
      await fails('nothing', () => new Class());
      await fails('a string', () => new Class('name'));
      await fails('no help', () => new Class({ name: 'x' }));
      await fails('no name', () => new Class({ help: 'x' }));
      await fails('a bad name', () => new Class({ name: 'a-b', help: 'x' }));
      await fails('a name of digits', () => new Class({ name: '3x', help: 'x' }));
      await fails('a bad label', () => new Class({ name: 'x', help: 'x', labelNames: ['a b'] }));
      await fails('a bad collect', () => new Class({ name: 'x', help: 'x', collect: 'soon' }));
      await fails('exemplars', () => new Class({ name: 'x', help: 'x', enableExemplars: true }));
      await fails('le', () => new Class({ name: 'with_le', help: 'x', labelNames: ['le'] }));
      await fails(
        'quantile',
        () => new Class({ name: 'with_quantile', help: 'x', labelNames: ['quantile'] }),
      );
      register.clear();
      const metric = new Class({ name: 'x', help: 'x', labelNames: ['x', 'y'] });
      await fails('twice', () => new Class({ name: 'x', help: 'x' }));
      for (const method of [
        'inc',
        'dec',
        'set',
        'observe',
        'labels',
        'remove',
        'startTimer',
        'zero',
      ]) {
        if (typeof metric[method] !== 'function') continue;
        // prom-client's zero() takes whatever it is given, and later fails to print it.
        if (method === 'zero') continue;
        const call = (what: string, ...given: unknown[]): Promise<void> =>
          fails(`${method} ${what}`, () => metric[method]!(...given));
        await call('an unknown label', { z: 1 }, 1);
        await call('a string', '3ms');
        await call('a labelled string', { x: 1 }, '3ms');
        await call('a number as text', { x: 1 }, '3');
        await call('null', { x: 1 }, null);
        await call('undefined', { x: 1 }, undefined);
        await call('a negative number', { x: 1 }, -1);
        await call('an infinite number', { x: 1 }, Infinity);
        await call('an object', { x: 1 }, { value: 1 });
        await call('an array', { x: 1 }, [1]);
        await call('too few', 'GET');
        await call('too many', 'GET', '/', '200');
      }
      const child = metric['labels']!('a', 'b') as typeof metric;
      for (const method of ['inc', 'dec', 'set', 'observe']) {
        if (typeof child[method] !== 'function') continue;
        for (const value of ['3ms', -1, NaN, Infinity, {}, null]) {
          await fails(`child ${method} ${value}`, () => child[method]!(value));
        }
      }
      await fails('labels of an unknown name', () =>
        (metric['labels']!({ z: 1 }) as typeof metric)['inc']?.(),
      );
      for (const [what, error] of Object.entries(errors)) see(`${name}, ${what}`, error);
      see(`${name} afterwards`, await register.metrics());
      register.clear();
    }
    see('content type', await failure(() => new Registry('text/html' as never)));
    see('setContentType', await failure(() => register.setContentType('text/html' as never)));
    see(
      'merge',
      await failure(() =>
        Registry.merge([new Registry(), new Registry(openMetricsContentType as never) as never]),
      ),
    );
    see('setRegistries', await failure(() => AggregatorRegistry.setRegistries({} as never)));
    see('default metrics', await failure(() => collectDefaultMetrics('all' as never)));
    see(
      'jobName',
      await failure(() => new Pushgateway('http://127.0.0.1:1').push(undefined as never)),
    );
    see('linear', await failure(() => linearBuckets(0, 1, 0)));
    see('exponential start', await failure(() => exponentialBuckets(0, 2, 3)));
    see('exponential count', await failure(() => exponentialBuckets(1, 2, 0)));
    see('exponential factor', await failure(() => exponentialBuckets(1, 1, 3)));
    const registers = [new Registry()];
    new Gauge({ name: 'same', help: 'x', registers });
    const other = [new Registry()];
    new Gauge({ name: 'same', help: 'x', registers: other });
    see('merge of equal names', await failure(() => Registry.merge([...registers, ...other])));
  },

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
