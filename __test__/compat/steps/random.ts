// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Random programs: metrics of all kinds are updated, held, removed and reset in any order. A seed determines each
// program, so both libraries play the same one. The programs avoid the deliberate differences of this project.
import { failure, type Client, type See, type Steps } from '../seeing';

/** The number of programs, from the first seed on. These are quick, and 5,000 take a minute. */
const ROUNDS = Number(process.env['COMPAT_ROUNDS'] ?? 120);
const KINDS = {
  Counter: ['inc'],
  Gauge: ['set', 'inc', 'dec'],
  Histogram: ['observe'],
  Summary: ['observe'],
};
const NUMBERS = [
  0,
  1,
  2,
  2.5,
  -1,
  100,
  0.3,
  1e21,
  -0,
  undefined,
  null,
  '3',
  Infinity,
  true,
  {},
  3n,
];
const TEXTS = ['a', 'b', '', 'x"y', 'c\\', '\n', 'é'];
const NAMES = [[], ['x'], ['x', 'y'], ['y', 'x'], ['x', 'y', 'z']];
const AGGREGATORS = ['sum', 'first', 'min', 'max', 'average', 'omit'];
const BUCKETS = [[1, 5], [0.1], [], [0, 1.5], [1, 2, 3, 1e21]];
const PERCENTILES = [[0.5, 0.9], [0.01], [], [0, 1]];

/** The content of a program. */
interface Ways {
  /** Values of labels. */
  texts: string[];
  /** The possible updates of metrics. */
  numbers: unknown[];
  /** Whether labels of gauges always have the order of their declaration. */
  inOrder: boolean;
  /** Whether an undeclared label may come with a wrong number. The library may report either of the two. */
  twiceWrong: boolean;
}

/** All features. */
const ALL: Ways = { texts: TEXTS, numbers: NUMBERS, inOrder: false, twiceWrong: true };
/**
 * The features on which @prometheus-io/client 0.16.1 agrees with prom-client 15.1.3. In 0.16, an empty label is
 * omitted, `null` is no number, and a gauge prints its labels in the order of their first use.
 */
const COMMON: Ways = {
  texts: TEXTS.filter((text) => text !== ''),
  numbers: NUMBERS.filter((number) => number !== null),
  inOrder: true,
  twiceWrong: false,
};

/** Random choices, the same for the same seed: numbers by "mulberry32". */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  number(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  is(likelihood: number): boolean {
    return this.number() < likelihood;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.number() * items.length)] as Item;
  }
}

function options(chance: Chance, kind: string, name: string): object {
  return {
    name: chance.is(0.05) ? chance.of(['', 'a b', 'm0']) : name,
    help: chance.is(0.05) ? '' : chance.of(['Help', 'a "b" \\ \n c', 'é']),
    labelNames: chance.is(0.05) ? ['1'] : chance.of(NAMES),
    ...(chance.is(0.3) && { aggregator: chance.of(AGGREGATORS) }),
    ...(chance.is(0.1) && { collect: chance.of([1, 'x', null, false]) }),
    ...(kind === 'Histogram' && chance.is(0.7) && { buckets: chance.of(BUCKETS) }),
    ...(kind === 'Summary' && chance.is(0.7) && { percentiles: chance.of(PERCENTILES) }),
  };
}

/** Labels for some of the names, in one order or the other. */
function someLabels(chance: Chance, names: readonly string[], ways: Ways): object {
  const ordered = chance.is(0.3) && !ways.inOrder ? [...names].toReversed() : names;
  const given = ordered.filter(() => chance.is(0.85));
  const labels = Object.fromEntries(given.map((name) => [name, chance.of(ways.texts)]));
  return chance.is(0.03) ? { ...labels, other: 1 } : labels;
}

/** Does something with a metric. */
function act(chance: Chance, metric, kind: string, held: unknown[], about: Ways): unknown {
  const { texts: all, numbers, twiceWrong } = about;
  const ways = { ...about, inOrder: about.inOrder && kind === 'Gauge' };
  const update = chance.of(KINDS[kind]);
  const labels = someLabels(chance, metric.labelNames, ways);
  const some = chance.of(numbers);
  const number = 'other' in labels && !twiceWrong ? 1 : some;
  const texts = metric.labelNames.slice(chance.is(0.1) ? 1 : 0).map(() => chance.of(all));
  const [old, again] = held.length === 0 ? [] : chance.of(held);
  switch (
    chance.of([
      'all',
      'all',
      'all',
      'bare',
      'child',
      'texts',
      'hold',
      'held',
      'timer',
      'remove',
      'zero',
      'reset',
    ])
  ) {
    case 'bare':
      return metric[update](number);
    case 'child':
      return metric.labels(labels)[update](number);
    case 'texts':
      return metric.labels(...texts)[update](number);
    case 'hold':
      if ('other' in labels && !twiceWrong) return undefined;
      return held.push([metric.labels(labels), update]);
    case 'held':
      return old?.[again](number);
    case 'timer':
      // Labels that are added at the end may change their order.
      return metric.startTimer?.(labels)(
        ways.inOrder ? undefined : someLabels(chance, metric.labelNames, ways),
      );
    case 'remove':
      return chance.is(0.5) ? metric.remove(labels) : metric.remove(...texts);
    case 'zero':
      // An update with undeclared labels empties another series.
      return 'other' in labels ? undefined : metric.zero?.({ ...labels });
    case 'reset':
      return chance.is(0.3) ? metric.reset() : metric.setToCurrentTime?.(labels);
    default:
      return metric[update](labels, number);
  }
}

/** Plays the program of a seed, and returns all visible results. */
async function play(seed: number, client: Client, ways: Ways): Promise<string> {
  const chance = new Chance(seed);
  const isOpen = seed % 2 === 0;
  const registry = new client.Registry(isOpen ? client.openMetricsContentType : undefined);
  const [metrics, held, seen] = [[], [], []];
  for (let step = 0; step < 25; step += 1) {
    const told = await failure(() => {
      if (metrics.length > 0 && chance.is(0.02)) return registry.resetMetrics();
      if (metrics.length > 0 && chance.is(0.02))
        return registry.setDefaultLabels({ x: 'd', more: '' });
      if (metrics.length > 0 && chance.is(0.85))
        return act(chance, ...chance.of(metrics), held, ways);
      const kind = chance.of(Object.keys(KINDS));
      const about = options(chance, kind, `m${step}`);
      return metrics.push([new client[kind]({ ...about, registers: [registry] }), kind]);
    });
    seen.push(told);
  }
  const values = await Promise.all(
    metrics.map(async ([metric]) => JSON.stringify(await metric.get())),
  );
  const text = await registry.metrics();
  return [...seen, ...values, text, JSON.stringify(await registry.getMetricsAsJSON())].join('\n');
}

async function playAll(client: Client, see: See, ways: Ways): Promise<void> {
  for (let seed = 1; seed <= ROUNDS; seed += 1) see(`seed ${seed}`, await play(seed, client, ways));
}

export const steps: Steps = {
  'random programs': async (client, see) => playAll(client, see, ALL),
};

/** The same with the newer library. */
export const stepsOfNewer: Steps = {
  'random programs': async (client, see) => playAll(client, see, COMMON),
};
