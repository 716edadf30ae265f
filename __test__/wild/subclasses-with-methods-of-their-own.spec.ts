// "class Rooms extends Gauge { join(room) {…} leave(room) {…} } is on no page, and a field `kind` makes inc() throw."
//
// A subclass may call its methods and fields as it likes: only what the documentation names is taken.

import { createRequire } from 'node:module';
import test from 'ava';
import {
  AggregatorRegistry,
  Counter,
  Enum,
  Gauge,
  Histogram,
  Info,
  Pushgateway,
  Registry,
  Summary,
} from '../../index';

const require = createRequire(import.meta.url);

test('rooms that are joined and left', async (t) => {
  // As plain JavaScript, because internals have no public types.
  class Rooms extends (Gauge as unknown as new (options: object) => Pick<Gauge, 'inc' | 'dec'>) {
    join(room: string): void {
      this.inc({ room });
    }
    leave(room: string): void {
      this.dec({ room });
    }
  }
  const registry = new Registry();
  const options = { name: 'rooms', help: 'H', labelNames: ['room'], registers: [registry] };
  const rooms = new Rooms(options);
  rooms.join('a');
  rooms.join('a');
  rooms.leave('a');
  t.is(await registry.metrics(), '# HELP rooms H\n# TYPE rooms gauge\nrooms{room="a"} 1\n');
  registry.setDefaultLabels({ app: 'x' });
  registry.removeSingleMetric('rooms');
  t.is(await registry.metrics(), '\n');
});

/** Words that people call methods and fields, and that code of this kind has a use for itself. */
const WORDS = (
  'add all attend bare begin bind cell cells child children clear declare delete discard end enter era families family ' +
  'find forget has hold home id init isReady join key kind known leave list local make map memberOf moved movers names ' +
  'own owner parent parts place presentFamily put read record ready refresh relabel release removed save self series ' +
  'settle settings share shareOf show size sources start state stop store sum table take total update values windows'
).split(' ');

/** Options for one of each kind. */
const KINDS = {
  Counter: [Counter, {}, (metric: Counter) => metric.inc({ x: 1 }), 'm{x="1"} 1'],
  Gauge: [Gauge, {}, (metric: Gauge) => metric.set({ x: 1 }, 2), 'm{x="1"} 2'],
  Histogram: [
    Histogram,
    { buckets: [1] },
    (metric: Histogram) => metric.observe({ x: 1 }, 2),
    'm_sum{x="1"} 2',
  ],
  Summary: [Summary, {}, (metric: Summary) => metric.observe({ x: 1 }, 2), 'm_sum{x="1"} 2'],
  Info: [Info, {}, (metric: Info) => metric.info({ x: 1 }, { v: 2 }), 'm_info{x="1",v="2"} 1'],
  Enum: [
    Enum,
    { states: ['a', 'b'] },
    (metric: Enum) => metric.state({ x: 1 }, 'b'),
    'm{x="1",m="b"} 1',
  ],
} as unknown as Record<
  string,
  [new (options: object) => Counter, object, (metric: Counter) => void, string]
>;

for (const [kind, [Class, options, act, line]] of Object.entries(KINDS)) {
  test(`${kind}: methods and fields of any name`, async (t) => {
    const documented = new Set(['states', 'state', 'info']);
    for (const word of WORDS.filter((each) => !documented.has(each))) {
      for (const way of ['method', 'field'] as const) {
        class Mine extends Class {}
        const value = way === 'method' ? () => word : { word };
        if (way === 'method') Object.defineProperty(Mine.prototype, word, { value });
        const registry = new Registry();
        const base = { name: 'm', help: 'H', labelNames: ['x'], registers: [registry] };
        const metric = new Mine({ ...base, ...options });
        if (way === 'field') Object.defineProperty(metric, word, { value, writable: true });
        t.notThrows(() => act(metric), `${way} ${word}`);
        const text = await registry.metrics();
        t.true(text.includes(`\n${line}\n`), `${way} ${word}: ${text}`);
        metric.remove({ x: 1 } as never);
        act(metric);
        registry.setDefaultLabels({});
        registry.clear();
        t.is((metric as unknown as Record<string, unknown>)[word], value);
      }
    }
  });
}

test('registries with methods and fields of any name', async (t) => {
  for (const word of WORDS.filter((each) => each !== 'clear')) {
    for (const way of ['method', 'field'] as const) {
      class Mine extends Registry {}
      const value = way === 'method' ? () => word : { word };
      if (way === 'method') Object.defineProperty(Mine.prototype, word, { value });
      const registry = new Mine();
      if (way === 'field') Object.defineProperty(registry, word, { value, writable: true });
      const counter = new Counter({ name: 'm', help: 'H', registers: [registry] });
      counter.inc();
      registry.setDefaultLabels({ app: 'x' });
      t.regex(await registry.metrics(), /^m\{app="x"\} 1$/m, `${way} ${word}`);
      t.regex(await Registry.merge([registry]).metrics(), /^m\{app="x"\} 1$/m, `${way} ${word}`);
      AggregatorRegistry.setRegistries(registry);
      registry.removeSingleMetric('m');
      t.is(await registry.metrics(), '\n', `${way} ${word}`);
    }
  }
});

/** All names that an object has or inherits, symbols aside. */
function namesOf(object: object): string[] {
  const names = new Set<string>();
  for (let at = object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names];
}

test('metrics and registries have only the names of the originals and documented ones', (t) => {
  const originals = [require('prom-client'), require('@prometheus-io/client')] as object[];
  const about = { name: 'm', help: 'H', registers: [] };
  /** Names beyond those of the originals, by class. */
  const documented: Record<string, string[]> = {
    Counter: ['count', 'countExceptions', 'unit', 'expireAfterSeconds', 'collect'],
    Gauge: ['time', 'trackInProgress', 'unit', 'expireAfterSeconds', 'collect'],
    Histogram: ['time', 'unit', 'expireAfterSeconds', 'collect'],
    Summary: [
      'time',
      'unit',
      'expireAfterSeconds',
      'collect',
      'maxAgeSeconds',
      'ageBuckets',
      'pruneAgedBuckets',
    ],
    Registry: ['families', 'openMetrics', 'nameValidation'],
    Pushgateway: [],
  };
  const own = { Counter, Gauge, Histogram, Summary, Registry, Pushgateway };
  for (const [kind, names] of Object.entries(documented)) {
    const make = (client: object): object =>
      kind === 'Registry'
        ? new (client as { Registry: new () => object }).Registry()
        : new (client as Record<string, new (options: object) => object>)[kind]!(about);
    const known = new Set([...originals.flatMap((client) => namesOf(make(client))), ...names]);
    // The field of the originals with the series of a metric.
    for (const name of ['hashMap', 'native', 'store']) known.add(name);
    t.deepEqual(
      namesOf(make(own)).filter((name) => !known.has(name)),
      [],
      kind,
    );
  }
});
