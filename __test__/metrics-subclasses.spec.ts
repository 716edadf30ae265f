// Subclasses of the metrics may call their own fields and methods as they like, as with prom-client.

import test from 'ava';
import * as originals from 'prom-client';
import * as ours from '../index';

const clients = { ours, originals: originals as unknown as typeof ours };

/** The results of a program with each client. */
async function seenBy(play: (client: typeof ours) => Promise<unknown>): Promise<unknown[]> {
  return [await play(clients.ours), await play(clients.originals)];
}

test('a gauge of rooms has methods and fields of its own', async (t) => {
  const [own, original] = await seenBy(async ({ Gauge, Registry }) => {
    class Rooms extends Gauge<'room'> {
      kind = 'x';
      children: string[] = [];
      join(room: string): void {
        this.children.push(room);
        this.inc({ room });
      }
      leave(room: string): void {
        this.dec({ room });
      }
      begin(): string {
        return this.kind;
      }
    }
    const registry = new Registry();
    const rooms = new Rooms({
      name: 'rooms',
      help: 'People in rooms',
      labelNames: ['room'],
      registers: [registry],
    });
    rooms.join('a');
    rooms.join('a');
    rooms.join('b');
    rooms.leave('b');
    rooms.labels('c').set(3);
    registry.setDefaultLabels({ house: 1 });
    const text = await registry.metrics();
    const { values } = await rooms.get();
    rooms.remove('a');
    rooms.reset();
    return [rooms.begin(), rooms.children, text, values, await registry.metrics()];
  });
  t.deepEqual(own, original);
});

/** Words that mean something to a program, and did or do to the inside of a metric. */
const WORDS = [
  'add',
  'bare',
  'begin',
  'cell',
  'cells',
  'children',
  'defaultsOf',
  'descriptor',
  'discard',
  'enter',
  'era',
  'families',
  'forget',
  'hold',
  'isReady',
  'join',
  'kind',
  'known',
  'leave',
  'locations',
  'make',
  'memberOf',
  'observeWith',
  'presentFamily',
  'read',
  'record',
  'relabel',
  'relocate',
  'series',
  'settle',
  'shareOf',
  'unlabelled',
  'validateValues',
  'values',
  'version',
  'windows',
];

/** A subclass that has methods by all these names, and then fields. None may be asked for. */
function taken<Class extends abstract new (...given: never[]) => object>(Base: Class): Class {
  const Constructor = Base as unknown as new (...given: unknown[]) => object;
  class Taken extends Constructor {
    constructor(...given: unknown[]) {
      super(...given);
      for (const word of WORDS) Object.defineProperty(this, word, { get: refuse, set: refuse });
    }
  }
  for (const word of WORDS) {
    Object.defineProperty(Taken.prototype, word, { get: refuse, set: refuse, configurable: true });
  }
  return Taken as unknown as Class;
}

function refuse(): never {
  throw new Error('This name is of the subclass.');
}

/** The class itself, to compare with. */
const untouched: typeof taken = (Base) => Base;

test('a metric uses no name that its subclass has taken', async (t) => {
  const play = async (subclass: typeof taken): Promise<unknown> => {
    const { Counter, Gauge, Histogram, Summary, Registry } = ours;
    const [registry, other] = [new Registry(), new Registry()];
    const about = { help: 'h', registers: [registry] };
    const labelled = { ...about, labelNames: ['x'] as const };
    const counter = new (subclass(Counter))({ ...labelled, name: 'c' });
    const gauge = new (subclass(Gauge))({ ...labelled, name: 'g' });
    const histogram = new (subclass(Histogram))({ ...labelled, name: 'h', buckets: [1, 2] });
    const summary = new (subclass(Summary))({ ...labelled, name: 's', percentiles: [0.5] });
    new (subclass(Counter))({ ...about, name: 'one' }).inc();
    new (subclass(Histogram))({ ...about, name: 'two', buckets: [1] }).observe(1);
    counter.inc({ x: 1 });
    counter.labels('2').inc();
    gauge.set({ x: 1 }, 1);
    gauge.inc({ x: 1 });
    gauge.setToCurrentTime({ x: 3 });
    gauge.labels('2').set(2);
    histogram.observe({ x: 1 }, 1.5);
    histogram.labels('2').observe(3);
    histogram.zero({ x: '3' });
    summary.observe({ x: 1 }, 1.5);
    summary.labels('2').observe(3);
    counter.count({ x: 4 })(() => undefined)();
    gauge.remove({ x: 3 });
    const metrics = [counter, gauge, histogram, summary];
    const seen: unknown[] = metrics.map(({ hashMap }: { hashMap?: unknown }) => hashMap);
    for (const metric of metrics) seen.push((await metric.get()).values);
    registry.setDefaultLabels({ app: 'a' });
    seen.push(await registry.metrics(), await registry.getMetricsAsJSON());
    for (const metric of metrics) other.registerMetric(metric);
    seen.push(await Registry.merge([registry, other]).metrics());
    for (const metric of metrics) metric.remove({ x: 1 });
    seen.push(await registry.metrics());
    for (const metric of metrics) metric.reset();
    seen.push(await registry.metrics());
    registry.clear();
    seen.push(await registry.metrics(), await other.metrics());
    return seen;
  };
  t.deepEqual(await play(taken), await play(untouched));
});

test('infos and enums use no such name either', async (t) => {
  const { Enum, Info, Registry } = ours;
  const registers = [new Registry()];
  const info = new (taken(Info))({ name: 'build', help: 'b', registers });
  const state = new (taken(Enum))({ name: 'state', help: 's', states: ['on', 'off'], registers });
  info.info({ version: '1' });
  state.state('off');
  registers[0]?.setDefaultLabels({ app: 'a' });
  const text = (await registers[0]?.metrics()) as string;
  t.regex(text, /^build_info\{version="1",app="a"\} 1$/m);
  t.regex(text, /^state\{app="a",state="off"\} 1$/m);
  info.reset();
  state.reset();
  t.regex((await registers[0]?.metrics()) as string, /^state\{app="a",state="on"\} 1$/m);
});

test('a registry uses no name that its subclass has taken', async (t) => {
  const words = ['home', 'location', 'metricSet', 'moved', 'movers', 'moves', 'place', 'removed'];
  const [own, original] = await seenBy(async ({ AggregatorRegistry, Counter, Registry }) => {
    const seen = [];
    for (const Class of [Registry, AggregatorRegistry]) {
      class Taken extends Class {}
      for (const word of [...words, 'isRearranged', 'isWhole', 'share', 'sources', 'view']) {
        Object.defineProperty(Taken.prototype, word, { get: refuse, set: refuse });
      }
      const registry = new Taken();
      new Counter({ name: 'c', help: 'c', registers: [registry] }).inc();
      seen.push(await Registry.merge([registry]).metrics());
      registry.setDefaultLabels({ app: 'a' });
      seen.push(await registry.metrics());
      registry.removeSingleMetric('c');
      registry.clear();
      seen.push(await registry.metrics());
    }
    return seen;
  });
  t.deepEqual(own, original);
});

/** The names of a metric's fields and methods, without the language's own. */
function namesOf(metric: object): Set<string> {
  const names = new Set<string>();
  for (let one = metric; one !== Object.prototype; one = Object.getPrototypeOf(one) as object) {
    for (const name of Object.getOwnPropertyNames(one)) names.add(name);
  }
  return names;
}

test('metrics have the names of prom-client and the documented ones, and no others', (t) => {
  const documented: Record<string, string[]> = {
    // `store` is a name of @prometheus-io/client, which has it in place of `hashMap`.
    Counter: ['count', 'countExceptions'],
    Gauge: ['time', 'trackInProgress'],
    Histogram: ['native', 'time'],
    Summary: ['time'],
  };
  const options = { name: 'm', help: 'm', registers: [], collect: () => undefined };
  for (const [name, own] of Object.entries(documented)) {
    const kind = name as 'Counter';
    const windows = { maxAgeSeconds: 60, ageBuckets: 5, pruneAgedBuckets: true };
    const all = { ...options, ...(name === 'Summary' && windows) };
    const known = namesOf(new clients.originals[kind](all));
    const added = [...namesOf(new clients.ours[kind](all))].filter((each) => !known.has(each));
    const expected = [...own, 'expireAfterSeconds', 'store', 'unit'];
    t.deepEqual(added.toSorted(), expected.toSorted(), name);
  }
  const known = namesOf(new originals.Registry());
  const added = [...namesOf(new ours.Registry())].filter((each) => !known.has(each));
  t.deepEqual(added, ['openMetrics', 'families', 'nameValidation']);
});
