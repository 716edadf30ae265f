// Summaries, as users meet them.

import test from 'ava';
import client from 'prom-client';
import { Registry, startHttpServer, Summary } from '../index';
import { withClock } from './support/clock';
import { seriesOf, summary as plain, valuesOf, type ReadValue } from './support/metrics';

/** Values by quantile, and sum and count. */
function summed(values: ReadValue[]): Record<string, number> {
  return Object.fromEntries(
    values.map(({ metricName = '', labels, value }) => [
      labels['quantile'] === undefined ? metricName.replace(/^.*_/, '') : `${labels['quantile']}`,
      value,
    ]),
  );
}

test('without labels it is shown at once, with the default quantiles', async (t) => {
  const metric = plain();
  t.deepEqual(metric.percentiles, [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999]);
  t.is(metric.compressCount, 1000);
  const values = await valuesOf(metric);
  t.is(values.length, 9);
  t.true(values.every(({ value }) => value === 0));
  t.deepEqual(values[0], { labels: { quantile: 0.01 }, value: 0 });
  t.deepEqual(values[8], { metricName: 'metric_count', labels: {}, value: 0 });
});

test('its text equals that of prom-client', async (t) => {
  const texts = [];
  for (const { Class, registry } of [
    { Class: Summary, registry: new Registry() },
    { Class: client.Summary as unknown as typeof Summary, registry: new client.Registry() },
  ]) {
    registry.setDefaultLabels({ app: 'shop' });
    const registers = [registry as unknown as Registry];
    const options = { name: 's', help: 'S', labelNames: ['x'], percentiles: [0.5, 0.99] };
    const metric = new Class({ ...options, registers });
    for (const value of [0.25, 3, 1]) metric.observe({ x: 'a"b' }, value);
    metric.labels('c').observe(-7);
    texts.push(await registry.metrics());
  }
  t.is(texts[0]?.trimEnd(), texts[1]?.trimEnd());
  t.true(texts[0]?.includes('s{quantile="0.5",x="a\\"b",app="shop"} 1\n'));
});

test('up to 32 values give prom-client’s quantiles, with any repetition', async (t) => {
  const percentiles = [0, 0.001, 0.05, 0.25, 0.3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
  for (let round = 0; round < 120; round += 1) {
    const size = round % 33;
    const kinds = [
      () => Math.random(),
      () => Math.floor(Math.random() * 5),
      () => Math.floor(Math.random() * 7) - 3,
      () => (Math.random() - 0.5) * 1e9,
      () => 42,
      () => -0,
    ];
    const kind = kinds[round % kinds.length] as () => number;
    const values = Array.from({ length: size }, kind);
    const own = plain({ percentiles });
    const registers = [new client.Registry()];
    const theirs = new client.Summary({ name: 'metric', help: 'A metric', percentiles, registers });
    for (const value of values) {
      own.observe(value);
      theirs.observe(value);
    }
    t.deepEqual(
      (await own.get()).values,
      (await theirs.get()).values as never,
      `of ${JSON.stringify(values)}`,
    );
  }
});

test('more than 32 values are within 1 %, and each is counted', async (t) => {
  const metric = plain({ percentiles: [0, 0.01, 0.5, 0.99, 1] });
  for (let value = -500; value <= 1000; value += 1) metric.observe(value);
  const found = summed(await valuesOf(metric));
  t.is(found['count'], 1501);
  t.is(found['sum'], 375_250);
  for (const [quantile, exact] of [
    ['0', -500],
    ['0.01', -485],
    ['0.5', 250],
    ['0.99', 985],
    ['1', 1000],
  ] as const) {
    t.true(Math.abs((found[quantile] as number) / exact - 1) < 0.01, `${quantile}: ${exact}`);
  }
});

test('values of any size have bins', async (t) => {
  // Subnormal numbers count as 0.
  const extremes = [Number.MAX_VALUE, Number.MIN_VALUE, 0, -0, 1e-300, -1e300, 2 ** 52, -1e-9];
  for (const value of extremes) {
    const metric = plain({ percentiles: [0.5] });
    for (let times = 0; times < 40; times += 1) metric.observe(value);
    const found = summed(await valuesOf(metric))['0.5'] as number;
    t.true(Math.abs(found - value) <= Math.abs(value) * 0.01 + 2 ** -1022, `${value}: ${found}`);
  }
});

test('labels: as an object, as values, and by a held child', async (t) => {
  const metric = plain({ labelNames: ['a', 'b'], percentiles: [0.5] });
  t.deepEqual(await valuesOf(metric), []);
  metric.observe({ a: 1, b: 'x' }, 2);
  metric.observe({ b: 'x', a: '1' } as never, 4);
  const { observe } = metric.labels('2', 'y');
  observe(7);
  metric.labels({ a: 2, b: 'y' }).observe(9);
  const counts = (await valuesOf(metric)).filter(({ metricName }) => metricName === 'metric_sum');
  t.deepEqual(
    counts.map(({ labels, value }) => [labels, value]),
    [
      [{ a: 1, b: 'x' }, 6],
      [{ a: '2', b: 'y' }, 16],
    ],
  );
  metric.remove('2', 'y');
  t.is((await valuesOf(metric)).length, 3);
  observe(1);
  t.is((await valuesOf(metric)).find(({ labels }) => labels['a'] === '2')?.value, 1);
});

test('the refusals of prom-client, with the same messages', (t) => {
  const own = plain({ labelNames: ['x'] });
  const theirs = new client.Summary({
    name: 'refusing',
    help: 'h',
    labelNames: ['x'],
    registers: [new client.Registry()],
  });
  for (const given of [
    [],
    [NaN],
    [Infinity],
    [null],
    [{ x: 1 }],
    [{ x: 1 }, '3'],
    [{ x: 1 }, NaN],
    [{ x: 1 }, null],
    [undefined, -Infinity],
    [{ y: 1 }, 3],
  ]) {
    const expected = t.throws(() => (theirs.observe as (...all: unknown[]) => void)(...given));
    t.throws(() => (own.observe as (...all: unknown[]) => void).apply(own, given), {
      instanceOf: expected?.constructor as never,
      message: expected?.message as string,
    });
  }
  t.throws(() => own.labels('1').observe(undefined as never), { instanceOf: TypeError });
  t.throws(() => own.labels('1', '2'), { message: /^Invalid number of arguments/ });
  t.throws(() => plain({ labelNames: ['quantile'] }), {
    message: 'quantile is a reserved label keyword',
  });
  for (const percentiles of [[50], [-0.1], [NaN], ['0.5'], 0.5] as never[]) {
    t.throws(() => plain({ percentiles }), {
      instanceOf: TypeError,
      code: 'MPMETRICS_INVALID_PERCENTILES',
    });
  }
});

test('reset() keeps the series at 0, in their order', async (t) => {
  const metric = plain({ labelNames: ['x'], percentiles: [0.5] });
  for (const x of ['b', 'a', 'c']) {
    for (let value = 0; value < 50; value += 1) metric.observe({ x }, value);
  }
  const held = metric.labels('a');
  metric.reset();
  const values = await valuesOf(metric);
  t.deepEqual(
    values.map(({ labels, value }) => [labels['x'], value]),
    ['b', 'b', 'b', 'a', 'a', 'a', 'c', 'c', 'c'].map((x) => [x, 0]),
  );
  held.observe(4);
  t.deepEqual(
    (await valuesOf(metric)).filter(({ labels }) => labels['x'] === 'a').map(({ value }) => value),
    [4, 4, 1],
  );
  const bare = plain();
  bare.observe(3);
  bare.reset();
  t.true((await valuesOf(bare)).every(({ value }) => value === 0));
});

test('timers: startTimer(), time() and its decorators', async (t) => {
  const metric = plain({ labelNames: ['x', 'y'] });
  const labels = { x: 1 } as { x: number; y?: string };
  const end = metric.startTimer(labels as never);
  labels.y = 'late';
  t.is(typeof end({ x: 2 }), 'number');
  metric.labels('3', '4').startTimer()();
  metric.time({ x: 5 })(() => null)();
  metric
    .labels('6', '7')
    .time(() => ({ y: '8' }))
    .stop();
  const counts = (await valuesOf(metric)).filter(({ metricName }) => metricName === 'metric_count');
  t.deepEqual(
    counts.map((value) => value.labels),
    [{ y: 'late', x: 2 }, { x: '3', y: '4' }, { x: 5 }, { x: '6', y: '8' }].map(
      (one) => one as Record<string, unknown>,
    ),
  );
});

test('a metric without registries summarizes for itself, and moves with its values', async (t) => {
  const metric = plain({ registers: [], percentiles: [0.5, 0.9] });
  for (let value = 1; value <= 20; value += 1) metric.observe(value);
  t.deepEqual(summed(await valuesOf(metric)), { 0.5: 10.5, 0.9: 18.5, sum: 210, count: 20 });
  for (let value = 21; value <= 1000; value += 1) metric.observe(value);
  const before = await valuesOf(metric);
  t.true(Math.abs((summed(before)['0.5'] as number) - 500) < 5);
  const registry = new Registry();
  registry.registerMetric(metric);
  t.deepEqual(await valuesOf(metric), before);
  // From the family of one heap to another, with other labels.
  registry.setDefaultLabels({ app: 'moved' });
  t.deepEqual(await valuesOf(metric), before);
  metric.observe(1);
  t.is(summed(await valuesOf(metric))['count'], 1001);
  registry.removeSingleMetric('metric');
  t.is(summed(await valuesOf(metric))['count'], 1001);
  t.is(await registry.metrics(), '\n');
});

test.serial('quantiles are of the last windows; count and sum are of all values', async (t) => {
  await withClock(async (set) => {
    const metric = plain({ maxAgeSeconds: 10, ageBuckets: 5, percentiles: [1], registers: [] });
    const shared = plain({ maxAgeSeconds: 10, ageBuckets: 5, percentiles: [1] });
    for (const one of [metric, shared]) {
      for (let window = 0; window < 5; window += 1) {
        set(window * 2);
        // The second window has many values.
        const times = window === 1 ? 100 : 1;
        for (let time = 0; time < times; time += 1) one.observe(128 - 16 * window);
      }
      const seen = [];
      for (const now of [8, 9.9, 10, 12, 14, 16, 18, 1e6]) {
        set(now);
        const { 1: largest, count } = summed(await valuesOf(one));
        seen.push(Math.round(largest as number));
        t.is(count, 104);
      }
      // Of many values, the middle of a bin: 112 to 113.
      t.deepEqual(seen, [128, 128, 113, 96, 80, 64, 0, 0]);
      one.observe(3);
      t.deepEqual(summed(await valuesOf(one)), { 1: 3, sum: 11_571, count: 105 } as never);
      set(0);
    }
  });
});

test.serial(
  'a cleared window keeps exact values, whichever cell of the process has cleared it',
  async (t) => {
    await withClock(async (set) => {
      const metric = plain({ maxAgeSeconds: 4, ageBuckets: 2, percentiles: [0, 1] });
      // Two cells of JavaScript at one place of the heap.
      const cells = [0, 1].map(() => seriesOf(metric).cellOf({ labels: {} }));
      for (const cell of cells) cell.show();
      for (let turn = 0; turn < 5; turn += 1) {
        set(4 * turn);
        for (const cell of cells) for (let time = 0; time < 20; time += 1) cell.observe(1.234);
        set(4 * turn + 4);
        const [first, second] = turn % 2 === 0 ? cells : cells.toReversed();
        first?.observe(1.234);
        second?.observe(1.235);
        t.like(summed(await valuesOf(metric)), { 0: 1.234, 1: 1.235, count: 42 * (turn + 1) });
      }
    });
  },
);

test.serial('series without recent values are omitted on request', async (t) => {
  await withClock(async (set) => {
    const registers = [new Registry()];
    const options = { name: 'pruned', help: 'h', labelNames: ['x'], percentiles: [0.5], registers };
    const metric = new Summary({
      ...options,
      maxAgeSeconds: 5,
      ageBuckets: 5,
      pruneAgedBuckets: true,
    });
    metric.observe({ x: 1 }, 100);
    metric.observe({ x: 2 }, 200);
    for (let second = 0; second < 5; second += 1) {
      set(second * 1.001);
      t.is((await valuesOf(metric)).length, 6);
    }
    set(5.005);
    t.is((await valuesOf(metric)).length, 0);
    metric.observe({ x: 1 }, 3);
    t.deepEqual(summed(await valuesOf(metric)), { 0.5: 3, sum: 3, count: 1 } as never);
  });
});

test('a scrape in another thread uses the same time', async (t) => {
  const registry = new Registry({ name: 'windows' });
  const metric = plain({
    registers: [registry],
    maxAgeSeconds: 60,
    ageBuckets: 3,
    percentiles: [0.5],
  });
  metric.observe(5);
  const server = await startHttpServer({ port: 0, host: '127.0.0.1', registry });
  t.teardown(async () => server.close());
  const text = await (await fetch(`${server.url}`)).text();
  t.regex(text, /^metric\{quantile="0.5"\} 5$/m);
});

test('getOrCreate() refuses other percentiles and windows', (t) => {
  const options = { name: 'once', help: 'Once', percentiles: [0.5], registers: [new Registry()] };
  const first = Summary.getOrCreate(options);
  t.is(Summary.getOrCreate({ ...options, percentiles: [0.5] }), first);
  t.throws(() => Summary.getOrCreate({ ...options, percentiles: [0.9] }), {
    message: 'A metric with the name once has already been registered with other percentiles.',
  });
  t.throws(() => Summary.getOrCreate({ ...options, maxAgeSeconds: 5, ageBuckets: 5 }), {
    message: 'A metric with the name once has already been registered with other maxAgeSeconds.',
  });
  t.is(Summary.getOrCreate({ ...options, pruneAgedBuckets: false }), first);
  t.throws(() => Summary.getOrCreate({ ...options, pruneAgedBuckets: true }), {
    message: 'A metric with the name once has already been registered with other pruneAgedBuckets.',
  });
});
