// "My label is an object whose toString() logs and counts; its count ends up in another series."
//
// Each label is read once and printed once, and a look-up holds whatever code runs inside it.

import test, { type ExecutionContext } from 'ava';
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

/** Something that counts in each kind of metric, for the labels that it is given. */
interface Kind {
  name: string;
  make(registry: Registry): (labels: object) => void;
  /** The samples, of which each ends in the labels of a series. */
  sample: string;
}

const about = (registry: Registry, labelNames = ['a', 'b']) => ({
  name: 'm',
  help: 'M',
  labelNames,
  registers: [registry],
});

const KINDS: Kind[] = [
  {
    name: 'counter',
    make: (registry) => {
      const counter = new Counter(about(registry));
      return (labels) => counter.inc(labels);
    },
    sample: 'm',
  },
  {
    name: 'gauge',
    make: (registry) => {
      const gauge = new Gauge(about(registry));
      return (labels) => gauge.inc(labels);
    },
    sample: 'm',
  },
  {
    name: 'histogram',
    make: (registry) => {
      const histogram = new Histogram({ ...about(registry), buckets: [1] });
      return (labels) => histogram.observe(labels, 1);
    },
    sample: 'm_count',
  },
  {
    name: 'summary',
    make: (registry) => {
      const summary = new Summary(about(registry));
      return (labels) => summary.observe(labels, 1);
    },
    sample: 'm_count',
  },
];

async function counted(registry: Registry, sample: string): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(`${sample}{`)).toSorted();
}

/** An object with a getter for each label, and how often each was read. */
function watched(values: Record<string, unknown>, during: () => void = () => undefined) {
  const reads: Record<string, number> = {};
  const labels = {};
  for (const [name, value] of Object.entries(values)) {
    reads[name] = 0;
    Object.defineProperty(labels, name, {
      enumerable: true,
      get() {
        (reads[name] as number) += 1;
        during();
        return value;
      },
    });
  }
  return { labels, reads };
}

for (const { name, make, sample } of KINDS) {
  test(`the text of a label counts in another series: ${name}`, async (t) => {
    const registry = new Registry();
    const count = make(registry);
    for (let round = 0; round < 2; round += 1) {
      count({
        a: 'x',
        b: {
          toString() {
            count({ a: 'y', b: 'z' });
            return 'z';
          },
        },
      });
    }
    t.deepEqual(await counted(registry, sample), [
      `${sample}{a="x",b="z"} 2`,
      `${sample}{a="y",b="z"} 2`,
    ]);
  });

  test(`a getter of a label counts in another series, and in the same one: ${name}`, async (t) => {
    const registry = new Registry();
    const count = make(registry);
    for (let round = 0; round < 3; round += 1) {
      count(watched({ a: 'x', b: 'z' }, () => count({ a: 'y', b: 'z' })).labels);
      count(watched({ a: 'v', b: 'z' }, () => count({ a: 'v', b: 'z' })).labels);
      count(watched({ b: 'z', a: 'w' }, () => count({ b: 'z', a: 'y' })).labels);
    }
    t.deepEqual(
      await counted(registry, sample),
      [
        `${sample}{a="v",b="z"} 9`,
        `${sample}{a="y",b="z"} 12`,
        `${sample}{b="z",a="w"} 3`,
        `${sample}{a="x",b="z"} 3`,
      ].toSorted(),
    );
  });

  test(`a getter makes so many series that the table is made anew: ${name}`, async (t) => {
    const registry = new Registry();
    const count = make(registry);
    count({ a: 'x', b: 'z' });
    const many = (): void => {
      for (let index = 0; index < 50; index += 1) count({ a: `${index}`, b: 'z' });
    };
    count(watched({ a: 'x', b: 'z' }, many).labels);
    count(watched({ a: 'new', b: 'z' }, many).labels);
    const found = await counted(registry, sample);
    t.is(found.length, 52);
    t.true(found.includes(`${sample}{a="x",b="z"} 2`));
    t.true(found.includes(`${sample}{a="new",b="z"} 1`));
    t.true(found.includes(`${sample}{a="7",b="z"} 4`));
  });

  test(`each label is read once, of a series that is new and of one that is known: ${name}`, async (t) => {
    const registry = new Registry();
    const count = make(registry);
    const texts: number[] = [];
    const text = (value: string) => ({
      toString() {
        texts.push(1);
        return value;
      },
    });
    const given = [
      { a: 'x', b: 'z' },
      { a: 'x', b: 1 },
      { b: 'y', a: 'x' },
      { a: 'only' },
      { a: 'x', b: 'z' },
      { a: 'x', b: 1 },
      { b: 'y', a: 'x' },
      { a: 'only' },
      { a: '1', b: 2 },
      { a: 1, b: 2 },
    ];
    for (const values of given) {
      const { labels, reads } = watched(values);
      count(labels);
      t.true(
        Object.values(reads).every((times) => times === 1),
        JSON.stringify([values, reads]),
      );
    }
    count({ a: text('x'), b: text('new') });
    t.is(texts.length, 2);
    count({ a: text('x'), b: text('new') });
    t.is(texts.length, 4);
    t.is((await counted(registry, sample)).length, 6);
    t.is(texts.length, 4);
  });
}

test('the labels of a child, of a removal, of an info and of an enum are read once', async (t) => {
  const registry = new Registry();
  const counter = new Counter(about(registry));
  const times: string[] = [];
  const text = (value: string) => ({
    toString() {
      times.push(value);
      return value;
    },
  });
  const child = counter.labels({ a: text('x') as never, b: 'z' });
  child.inc();
  counter.reset();
  child.inc(2);
  t.deepEqual(times, ['x']);
  counter.remove({ a: text('x') as never, b: 'z' });
  t.deepEqual(times, ['x', 'x']);
  const info = new Info({ ...about(registry, ['a']), name: 'i' });
  info.info({ a: text('i') as never }, { version: text('1') as never });
  const states = new Enum({ ...about(registry, ['a']), name: 'e', states: ['on'] });
  states.state({ a: text('e') as never }, 'on');
  const histogram = new Histogram({ ...about(registry, ['a']), name: 'h', buckets: [1] });
  histogram.zero({ a: text('h') as never });
  await registry.metrics();
  t.deepEqual(times, ['x', 'x', 'i', '1', 'e', 'h']);
});

test('default labels are read once', async (t) => {
  const registry = new Registry();
  let [reads, texts] = [0, 0];
  registry.setDefaultLabels({
    get app() {
      reads += 1;
      return { toString: () => `${(texts += 1)}` };
    },
  });
  const counter = new Counter(about(registry));
  counter.inc({ a: 'x' });
  counter.inc({ a: 'y' });
  t.deepEqual(await counted(registry, 'm'), ['m{a="x",app="1"} 1', 'm{a="y",app="1"} 1']);
  t.deepEqual([reads, texts], [1, 1]);
});

test('the labels of an exemplar count in another series', async (t: ExecutionContext) => {
  const registry = new Registry(openMetricsContentType);
  const counter = new Counter({
    ...about(registry as never),
    enableExemplars: true,
  });
  const trace = {
    toString() {
      counter.inc({ labels: { a: 'y' } });
      return 'id';
    },
  };
  const { labels, reads } = watched({ a: 'x', b: 'z' });
  counter.inc({ labels, exemplarLabels: { trace: trace as never } as never });
  t.deepEqual(reads, { a: 1, b: 1 });
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('m'));
  t.is(lines.length, 2);
  t.regex(lines.join('\n'), /m_total\{a="x",b="z"\} 1 # \{trace="id"\}/);
  t.regex(lines.join('\n'), /m_total\{a="y"\} 1/);
});

test('data has the object that was given, the exposition its text', async (t) => {
  const registry = new Registry();
  const counter = new Counter(about(registry));
  const [list, object] = [[1, 2], { toString: () => 'o' }];
  counter.inc({ a: list as never, b: 1 });
  counter.inc({ a: object as never, b: 1 });
  counter.inc({ a: 'o', b: '1' });
  t.deepEqual(
    (await counter.get()).values.map(({ labels }) => labels as object),
    [
      { a: list, b: 1 },
      { a: object, b: 1 },
    ],
  );
  t.deepEqual(await counted(registry, 'm'), ['m{a="1,2",b="1"} 1', 'm{a="o",b="1"} 2']);
});
