// Private registries of an isolate after their garbage collection.

import test from 'ava';
import { run } from './support/run';

/** Creates registries as a server does for each request, and forces the garbage collection of unused ones. */
const PROGRAM = `
  import { setFlagsFromString } from 'node:v8';
  import { setImmediate, setTimeout } from 'node:timers/promises';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const { Counter, Enum, Gauge, Histogram, Info, Registry, Summary, open } = client;
  const heap = open();
  const answer = async (registry = new Registry()) => {
    const registers = [registry];
    new Counter({ name: 'c', help: 'C', registers }).inc();
    new Gauge({ name: 'g', help: 'G', labelNames: ['x'], registers }).set({ x: 1 }, 2);
    new Gauge({ name: 's', help: 'S', aggregator: 'shared', registers }).inc(3);
    new Histogram({ name: 'h', help: 'H', buckets: [1], registers }).observe(4);
    new Summary({ name: 'q', help: 'Q', percentiles: [0.5], registers }).observe(5);
    new Info({ name: 'i', help: 'I', registers }).info({ version: 6 });
    new Enum({ name: 'e', help: 'E', states: ['a', 'b'], registers }).state('b');
    return registry.metrics();
  };
  const collected = async () => {
    for (let round = 0; round < 5; round += 1) {
      await setTimeout(20);
      gc();
    }
    await setImmediate();
  };
`;

test('collected registries withdraw their series, and later registries reuse their entries', async (t) => {
  const { stdout } = await run(`${PROGRAM}
    const held = new Registry();
    const kept = new Counter({ name: 'c', help: 'C', registers: [held, client.register] });
    kept.inc(7);
    const before = heap.info();
    const texts = new Set();
    const families = [];
    for (let round = 0; round < 10; round += 1) {
      for (let request = 0; request < 5; request += 1) texts.add(await answer());
      await collected();
      families.push(heap.info().families);
    }
    kept.inc();
    const after = heap.info();
    console.log(JSON.stringify({
      texts: [...texts],
      series: after.series - before.series,
      families: families.map((count) => count - before.families),
      kept: [await held.metrics(), await client.register.metrics()],
    }));
  `);
  const seen = JSON.parse(stdout) as Record<'texts' | 'families' | 'kept', unknown[]>;
  t.is(seen.texts.length, 1, 'each begins from nothing');
  t.regex(seen.texts[0] as string, /^c 1$[^]*^g\{x="1"\} 2$[^]*^s 3$[^]*^h_sum 4$/m);
  t.is((seen as unknown as { series: number }).series, 0);
  // As many as there were at the same time, however often.
  t.true((seen.families.at(-1) as number) <= 2 * 5 * 7, String(seen.families));
  t.is(seen.families.at(-1), seen.families.at(-4));
  t.deepEqual(seen.kept, [
    '# HELP c C\n# TYPE c counter\nc 8\n',
    '# HELP c C\n# TYPE c counter\nc 8\n',
  ]);
});

test('metrics, functions and shared registries that are still in use stay', async (t) => {
  const { stdout } = await run(`${PROGRAM}
    const make = () => {
      const [left, shared] = [new Registry(), new Registry()];
      const counter = new Counter({ name: 'c', help: 'C', registers: [left, client.register] });
      counter.inc(2);
      left.clear();
      client.AggregatorRegistry.setRegistries(shared);
      new Counter({ name: 'd', help: 'D', registers: [shared] }).inc(3);
      client.AggregatorRegistry.setRegistries([]);
      // More than one registry at one place in the code, so each is private to this isolate.
      const [, , held] = ['gone', 'gone_too', 'held'].map(
        (name) => new Counter({ name, help: 'H', registers: [new Registry()] }),
      );
      return held.labels().inc;
    };
    const inc = make();
    await collected();
    inc(4);
    const series = heap.info().series;
    console.log(JSON.stringify([await client.register.metrics(), series]));
  `);
  const [text, series] = JSON.parse(stdout) as [string, number];
  t.is(text, '# HELP c C\n# TYPE c counter\nc 2\n');
  t.is(series, 3, 'c, d and held');
});

test('a registry with a reused entry shows its own help texts and order', async (t) => {
  const { stdout } = await run(`${PROGRAM}
    const make = (help, ...names) => {
      const registry = new Registry();
      for (const name of names) new Counter({ name, help, registers: [registry] });
      return registry;
    };
    const ask = async (...given) => {
      const registry = make(...given);
      const data = (await registry.getMetricsAsJSON()).map(({ name, help }) => name + ' ' + help);
      return [(await registry.metrics()).match(/^# HELP .*/gm).join(), data.join()];
    };
    for (let registry = 0; registry < 3; registry += 1) await ask('Old', 'a', 'b');
    await collected();
    const before = heap.info().families;
    const shown = await ask('New', 'b', 'a');
    console.log(JSON.stringify([shown, heap.info().families - before]));
  `);
  t.deepEqual(JSON.parse(stdout), [['# HELP b New,# HELP a New', 'b New,a New'], 0]);
});
