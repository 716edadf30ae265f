// What is taken away in one process, and what becomes of it in the others.
import test from 'ava';
import { onUnix } from '../support/systems';
import { Actor, application } from './support/actors';

/** The lines of an exposition that name a series, as text by name. */
async function shown(actor: Actor): Promise<Record<string, string>> {
  const text = await actor.run(async (client) => client.register.metrics());
  const lines = text.split('\n').filter((line) => /^[a-z]/.test(line) && !line.includes('_bucket'));
  return Object.fromEntries(lines.map((line) => line.split(/ (?=\S+$)/) as [string, string]));
}

/** Has an actor make one metric of each kind, keep children of them, and update them. */
async function makes(actor: Actor): Promise<void> {
  await actor.run((client, kept) => {
    const labelNames = ['x'];
    kept.metrics = {
      counter: new client.Counter({ name: 'counter', help: 'H', labelNames }),
      histogram: new client.Histogram({ name: 'histogram', help: 'H', labelNames, buckets: [1] }),
      summary: new client.Summary({ name: 'summary', help: 'H', labelNames, percentiles: [] }),
      gauge: new client.Gauge({ name: 'gauge', help: 'H', labelNames }),
      least: new client.Gauge({ name: 'least', help: 'H', labelNames, aggregator: 'min' }),
      shared: new client.Gauge({ name: 'shared', help: 'H', labelNames, aggregator: 'shared' }),
      plain: new client.Counter({ name: 'plain', help: 'H' }),
      level: new client.Gauge({ name: 'level', help: 'H' }),
    };
    const { counter, histogram, summary, gauge, least, shared, plain, level } = kept.metrics;
    const labels = { x: 'a' };
    const children = [
      () => counter.labels(labels).inc,
      () => () => histogram.labels(labels).observe(1),
      () => () => summary.labels(labels).observe(1),
      () => gauge.labels(labels).inc,
      () => shared.labels(labels).inc,
      () => () => least.set(labels, 1),
      () => () => plain.inc(),
      () => () => level.inc(),
    ].map((held) => held());
    kept.update = () => children.forEach((child) => child());
    kept.update();
  });
}

const ALL = {
  'counter{x="a"}': '3',
  'histogram_sum{x="a"}': '3',
  'histogram_count{x="a"}': '3',
  'summary_sum{x="a"}': '3',
  'summary_count{x="a"}': '3',
  'gauge{x="a"}': '3',
  'least{x="a"}': '1',
  'shared{x="a"}': '3',
  plain: '3',
  level: '3',
};

/** What is shown, as far as it differs. */
function difference(found: Record<string, string>): Record<string, string | undefined> {
  const names = Object.keys({ ...ALL, ...found }) as (keyof typeof ALL)[];
  return Object.fromEntries(
    names.filter((name) => found[name] !== ALL[name]).map((name) => [name, found[name]]),
  );
}

for (const how of ['remove', 'reset'] as const) {
  test.serial(`${how}: of a gauge the own share, else for all`, async (t) => {
    const actors = application(t, 'fork', 'threads', 'cluster');
    const [first, other] = actors as [Actor, Actor];
    for (const actor of actors) await makes(actor);
    t.deepEqual(difference(await shown(other)), {});
    await first.run((_, { metrics }, what) => {
      for (const metric of Object.values<{
        labelNames: string[];
        remove(x: string): void;
        reset(): void;
      }>(metrics)) {
        if (what === 'reset') metric.reset();
        else if (metric.labelNames.length > 0) metric.remove('a');
      }
    }, how as string);
    const left = {
      'counter{x="a"}': undefined,
      'histogram_sum{x="a"}': undefined,
      'histogram_count{x="a"}': undefined,
      'summary_sum{x="a"}': undefined,
      'summary_count{x="a"}': undefined,
      'gauge{x="a"}': '2',
      'shared{x="a"}': undefined,
      // The series of a summary stay, as in prom-client.
      ...(how === 'reset' && {
        'summary_sum{x="a"}': '0',
        'summary_count{x="a"}': '0',
        plain: '0',
        level: '2',
      }),
    };
    t.deepEqual(difference(await shown(other)), left);
    // Children that were held go on, wherever they are.
    for (const actor of actors) await actor.run((_, { update }) => update());
    t.deepEqual(difference(await shown(other)), {
      'gauge{x="a"}': '5',
      ...(how === 'reset' ? { level: '5' } : { plain: '6', level: '6' }),
    });
    await Promise.all(actors.map(async (actor) => actor.leave()));
  });
}

test.serial('resetMetrics() does as each reset() does', async (t) => {
  const [first, other] = application(t, 'fork', 'fork') as [Actor, Actor];
  for (const actor of [first, other]) await makes(actor);
  await first.run((client) => client.register.resetMetrics());
  t.deepEqual(await shown(other), {
    'summary_sum{x="a"}': '0',
    'summary_count{x="a"}': '0',
    'gauge{x="a"}': '1',
    'least{x="a"}': '1',
    plain: '0',
    level: '1',
  });
  await Promise.all([first, other].map(async (actor) => actor.leave()));
});

test.serial('reset() of a summary: what only others have used comes back from zero', async (t) => {
  const [first, other] = application(t, 'fork', 'threads') as [Actor, Actor];
  for (const [actor, own] of [
    [first, 'mine'],
    [other, 'theirs'],
  ] as const) {
    await actor.run((client, kept, x) => {
      const options = { name: 's', help: 'H', labelNames: ['x'], percentiles: [] };
      kept.summary = new client.Summary(options);
      kept.summary.observe({ x }, 5);
    }, own as string);
  }
  await first.run((_, { summary }) => summary.reset());
  const mine = { 's_sum{x="mine"}': '0', 's_count{x="mine"}': '0' };
  t.deepEqual(await shown(other), mine);
  await other.run((_, { summary }) => summary.observe({ x: 'theirs' }, 2));
  t.deepEqual(await shown(first), {
    ...mine,
    's_sum{x="theirs"}': '2',
    's_count{x="theirs"}': '1',
  });
  await Promise.all([first, other].map(async (actor) => actor.leave()));
});

test.serial(
  'clear() and removeSingleMetric() withdraw what this isolate has, and nobody else',
  async (t) => {
    const actors = application(t, 'fork', 'threads', 'spawn');
    const [first, second, third] = actors as [Actor, Actor, Actor];
    for (const actor of actors) await makes(actor);
    await first.run((client) => client.register.clear());
    const two = Object.fromEntries(
      Object.entries(ALL).map(([name, value]) => [name, value.replace('3', '2')]),
    );
    // One value for all stays as it is while anybody has it.
    t.deepEqual(await shown(first), { ...two, 'shared{x="a"}': '3' });
    await second.run((client) => client.register.removeSingleMetric('counter'));
    t.is((await shown(first))['counter{x="a"}'], '1');
    await first.run((_, { update }) => update());
    t.is((await shown(third))['counter{x="a"}'], '1');
    await third.run((client) => client.register.clear());
    t.false('counter{x="a"}' in (await shown(first)));
    // And may be registered again.
    await makes(first);
    t.is((await shown(third))['counter{x="a"}'], '1');
    await Promise.all(actors.map(async (actor) => actor.leave()));
  },
);

/** Has an actor declare what the rounds are about. */
async function enters(actor: Actor): Promise<void> {
  await actor.run((client, kept) => {
    kept.counter = new client.Counter({ name: 'many', help: 'H', labelNames: ['round', 'number'] });
    kept.held = kept.counter.labels(0, 0);
    kept.survivor = new client.Counter({ name: 'survivor', help: 'H', labelNames: ['x'] }).labels(
      'a',
    );
  });
}

const SERIES = 10_000;

/** Has an actor make the series of a round. */
async function creates(actor: Actor, round: number): Promise<void> {
  await actor.run(
    (_, { counter }, [turn, count]) => {
      for (let number = 0; number < count; number += 1) counter.inc({ round: turn, number });
    },
    [round, SERIES] as [number, number],
  );
}

/** Has an actor remove the series of a round. */
async function removes(actor: Actor, round: number): Promise<void> {
  await actor.run(
    (_, { counter }, [turn, count]) => {
      for (let number = 0; number < count; number += 1) counter.remove({ round: turn, number });
    },
    [round, SERIES] as [number, number],
  );
}

/** Has an actor update what stays, 20,000 times. */
async function updates(actor: Actor): Promise<void> {
  await actor.run(async (_, kept) => {
    for (let burst = 0; burst < 20; burst += 1) {
      for (let update = 0; update < 1000; update += 1) kept.survivor.inc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
}

onUnix.serial('ten rounds of 10,000 series in four processes, removed by a fifth', async (t) => {
  const actors = application(t, 'fork', 'fork', 'threads', 'spawn', 'fork', 'fork');
  const [remover, stopped] = actors.slice(4) as [Actor, Actor];
  const makers = actors.slice(0, 4);
  for (const actor of actors) await enters(actor);
  // One that has everything of the first round, and is stopped until the last is over.
  await creates(stopped, 0);
  process.kill(stopped.pid, 'SIGSTOP');
  const sizes: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    // And one more in each round, which is killed while the others are at work.
    const victim = new Actor('fork');
    t.teardown(async () => victim.kill());
    await enters(victim);
    await Promise.all([...makers, victim].map(async (actor) => creates(actor, round)));
    await updates(victim);
    // While they go, what stays is updated.
    await Promise.all([removes(remover, round), ...makers.map(updates), victim.kill()]);
    const [bytes, text] = await remover.run(async (client) => {
      const heap = client.open();
      const { bytes: size } = heap.info();
      heap.close();
      return [size, await client.register.metrics()] as const;
    });
    sizes.push(bytes);
    t.false(text.includes('many{'), `round ${round}`);
  }
  t.is(sizes[9], sizes[1], `${sizes}`);
  process.kill(stopped.pid, 'SIGCONT');
  // What it holds has been removed: its next update begins anew.
  await stopped.run((_, { held }) => held.inc());
  await updates(stopped);
  const found = await shown(remover);
  t.is(Number(found['survivor{x="a"}']), (10 * 5 + 1) * 20_000);
  t.is(found['many{round="0",number="0"}'], '1');
  await Promise.all(actors.map(async (actor) => actor.leave()));
});
