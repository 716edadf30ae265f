// "A label called `constructor` has the source of a function for its value."
//
// Labels, values and options are an object's own properties, whatever their names.

import test from 'ava';
import * as fc from 'fast-check';
import {
  Counter,
  Enum,
  Gauge,
  Histogram,
  Info,
  openMetricsContentType,
  Registry,
  Summary,
} from '../../index';
import { valuesOf } from '../support/metrics';

/** Names that every object inherits a property of, and the one that means its prototype. */
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__'];

/** Lines of an exposition without comments. */
function samples(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** An object that has a property of its own of that name. */
function own(...pairs: [name: string, value: unknown][]): Record<string, string> {
  return Object.fromEntries(pairs) as Record<string, string>;
}

for (const name of NAMES) {
  test(`a label ${name} that was not given is not there: all kinds of metrics`, async (t) => {
    const registry = new Registry();
    const about = { help: 'H', labelNames: ['route', name], registers: [registry] };
    new Counter({ name: 'c', ...about }).inc({ route: '/a' });
    new Gauge({ name: 'g', ...about }).set({ route: '/a' }, 1);
    new Histogram({ name: 'h', buckets: [], ...about }).observe({ route: '/a' }, 1);
    new Summary({ name: 's', percentiles: [0.5], ...about }).observe({ route: '/a' }, 1);
    new Info({ name: 'i', ...about }).info({ route: '/a' }, { version: '1' });
    new Enum({ name: 'e', states: ['on'], ...about }).state({ route: '/a' }, 'on');
    t.deepEqual(samples(await registry.metrics()), [
      'c{route="/a"} 1',
      'g{route="/a"} 1',
      'h_bucket{le="+Inf",route="/a"} 1',
      'h_sum{route="/a"} 1',
      'h_count{route="/a"} 1',
      's{quantile="0.5",route="/a"} 1',
      's_sum{route="/a"} 1',
      's_count{route="/a"} 1',
      'i_info{route="/a",version="1"} 1',
      'e{route="/a",e="on"} 1',
    ]);
  });

  test(`a label ${name} that was given is counted, removed and read, given in each way`, async (t) => {
    const registry = new Registry();
    const counter = new Counter({
      name: 'c',
      help: 'C',
      labelNames: [name],
      registers: [registry],
    });
    counter.inc(own([name, 'x']));
    counter.labels(own([name, 'x'])).inc();
    counter.labels('x').inc();
    counter.labels('y').inc();
    counter.inc();
    t.deepEqual(samples(await registry.metrics()), [`c{${name}="x"} 3`, `c{${name}="y"} 1`, 'c 1']);
    const labels = (await valuesOf(counter)).map((value) => Object.entries(value.labels));
    t.deepEqual(labels, [[[name, 'x']], [[name, 'y']], []]);
    counter.remove('y');
    counter.remove(own([name, 'x']));
    t.deepEqual(samples(await registry.metrics()), ['c 1']);
  });

  test(`a default label ${name} is part of every series, in the text and as data`, async (t) => {
    const registry = new Registry();
    registry.setDefaultLabels(own([name, 'all']));
    const about = { help: 'H', labelNames: ['route', name], registers: [registry] };
    const counter = new Counter({ name: 'c', ...about });
    counter.inc({ route: '/a' });
    registry.registerMetric({
      name: 'f',
      get: async () => ({
        name: 'f',
        help: 'F',
        type: 'gauge',
        values: [{ value: 2, labels: {} }],
      }),
    } as never);
    t.deepEqual(samples(await registry.metrics()), [
      `c{route="/a",${name}="all"} 1`,
      `f{${name}="all"} 2`,
    ]);
    const data = await registry.getMetricsAsJSON();
    t.deepEqual(
      data.map(({ values }) => values.map(({ labels }) => Object.entries(labels))),
      [
        [
          [
            ['route', '/a'],
            [name, 'all'],
          ],
        ],
        [[[name, 'all']]],
      ],
    );
  });

  test(`an exemplar with a label ${name} is shown, and as data`, async (t) => {
    const registry = new Registry(openMetricsContentType);
    const counter = new Counter({
      name: 'c',
      help: 'C',
      registers: [registry],
      enableExemplars: true,
    });
    counter.inc({ exemplarLabels: own([name, 'x']) as never });
    t.regex((await registry.metrics()).split('\n')[2] as string, RegExp(`# \\{${name}="x"\\} 1 `));
    const [{ exemplar }] = (await valuesOf(counter)) as unknown as [
      { exemplar: { labelSet: object } },
    ];
    t.deepEqual(Object.entries(exemplar.labelSet), [[name, 'x']]);
  });

  test(`an info tells a value called ${name}, and an enum may be called so`, async (t) => {
    const registry = new Registry();
    const registers = [registry];
    const info = new Info({ name: 'i', help: 'I', registers });
    info.info(own([name, 'x']));
    const state = new Enum({ name, help: 'E', states: ['off', 'on'], registers });
    state.state('on');
    t.deepEqual(samples(await registry.metrics()), [
      `i_info{${name}="x"} 1`,
      `${name}{${name}="off"} 0`,
      `${name}{${name}="on"} 1`,
    ]);
    t.deepEqual(Object.entries((await valuesOf(info))[0]?.labels ?? {}), [[name, 'x']]);
    const local = new Info({ name: 'i', help: 'I', registers: [] });
    local.info(own([name, 'x']));
    t.deepEqual(Object.entries((await valuesOf(local))[0]?.labels ?? {}), [[name, 'x']]);
  });

  test(`no aggregator is called ${name}`, (t) => {
    const metric = { name: 'm', help: 'M', type: 'gauge', values: [], aggregator: name };
    t.throws(() => Registry.aggregate([[metric]]), {
      message: `'${name}' is not a defined aggregator.`,
    });
  });
}

test('inherited properties are no labels, declared or not', async (t) => {
  const registry = new Registry();
  const about = { help: 'H', labelNames: ['x', 'y'], registers: [registry] };
  const inherited = (value: object): Record<string, string> =>
    Object.assign(Object.create(value) as object, { x: '1' });
  new Counter({ name: 'c', ...about }).inc(inherited({ y: '2' }));
  new Counter({ name: 'd', ...about }).inc(inherited({ z: '2' }));
  new Gauge({ name: 'g', ...about }).labels(inherited({ y: '2', z: '2' })).set(1);
  class Labels {
    x = '1';
    get y(): string {
      return '2';
    }
  }
  new Counter({ name: 'o', ...about }).inc(new Labels() as never);
  t.deepEqual(samples(await registry.metrics()), [
    'c{x="1"} 1',
    'd{x="1"} 1',
    'g{x="1"} 1',
    'o{x="1"} 1',
  ]);
});

test.serial('a property that is added to all objects changes nothing', async (t) => {
  const registry = new Registry();
  const about = { help: 'H', labelNames: ['x', 'y'], registers: [registry] };
  const counter = new Counter({ name: 'c', ...about });
  const exemplified = new Histogram({ name: 'h', buckets: [], ...about });
  const everything = Object.prototype as { y?: string; z?: string };
  everything.y = 'all';
  everything.z = 'all';
  try {
    counter.inc({ x: '1' });
    counter.inc({ x: '1' });
    counter.labels({ x: '1' }).inc();
    counter.inc();
    exemplified.observe({ x: '1' }, 1);
  } finally {
    delete everything.y;
    delete everything.z;
  }
  t.deepEqual(samples(await registry.metrics()), [
    'c{x="1"} 3',
    'c 1',
    'h_bucket{le="+Inf",x="1"} 1',
    'h_sum{x="1"} 1',
    'h_count{x="1"} 1',
  ]);
});

test('for any label names, get() returns exactly the counted labels and values', async (t) => {
  const anyNames = fc.uniqueArray(fc.constantFrom(...NAMES, 'a', 'b', 'isPrototypeOf'), {
    minLength: 1,
  });
  const anySeries = fc.array(fc.array(fc.constantFrom(undefined, 'x', 'y'), { maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(anyNames, anySeries, async (labelNames, series) => {
      const counter = new Counter({ name: 'c', help: 'C', labelNames, registers: [] });
      const wanted = new Map<string, number>();
      for (const values of series) {
        const pairs = labelNames
          .map((name, index): [string, unknown] => [name, values[index]])
          .filter(([, value]) => value !== undefined);
        const labels = own(...pairs);
        counter.inc(labels);
        const key = JSON.stringify(pairs);
        wanted.set(key, (wanted.get(key) ?? 0) + 1);
      }
      const found = (await valuesOf(counter)).map(({ labels, value }): [string, number] => [
        JSON.stringify(Object.entries(labels)),
        value,
      ]);
      t.deepEqual(new Map(found), wanted);
    }),
  );
});
