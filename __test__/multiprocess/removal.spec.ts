// Removal in one process, and its effect in the others.
import test from 'ava';
import { onUnix } from '../support/systems';
import { Actor, application } from './support/actors';

/** The lines of an exposition that name a series, as text by name. */
async function shown(actor: Actor): Promise<Record<string, string>> {
  const text = await actor.run(async (client) => client.register.metrics());
  const lines = text.split('\n').filter((line) => /^[a-z]/.test(line) && !line.includes('_bucket'));
  return Object.fromEntries(lines.map((line) => line.split(/ (?=\S+$)/) as [string, string]));
}

/** Has an actor create one metric of each kind, keep children of them, and update them. */
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

/** The differences of the values from `ALL`. */
function difference(found: Record<string, string>): Record<string, string | undefined> {
  const names = Object.keys({ ...ALL, ...found }) as (keyof typeof ALL)[];
  return Object.fromEntries(
    names.filter((name) => found[name] !== ALL[name]).map((name) => [name, found[name]]),
  );
}

for (const how of ['remove', 'reset'] as const) {
  test.serial(`${how}: the own share of a gauge, and whole series of other metrics`, async (t) => {
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
    // Held children continue, in every process.
    for (const actor of actors) await actor.run((_, { update }) => update());
    t.deepEqual(difference(await shown(other)), {
      'gauge{x="a"}': '5',
      ...(how === 'reset' ? { level: '5' } : { plain: '6', level: '6' }),
    });
    await Promise.all(actors.map(async (actor) => actor.leave()));
  });
}

test.serial('resetMetrics() has the effect of reset() of each metric', async (t) => {
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

test.serial('reset() of a summary: series of other processes return from zero', async (t) => {
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
  'clear() and removeSingleMetric() remove the share of this isolate, and no other',
  async (t) => {
    const actors = application(t, 'fork', 'threads', 'spawn');
    const [first, second, third] = actors as [Actor, Actor, Actor];
    for (const actor of actors) await makes(actor);
    await first.run((client) => client.register.clear());
    const two = Object.fromEntries(
      Object.entries(ALL).map(([name, value]) => [name, value.replace('3', '2')]),
    );
    // A shared value stays as long as any process has the metric.
    t.deepEqual(await shown(first), { ...two, 'shared{x="a"}': '3' });
    await second.run((client) => client.register.removeSingleMetric('counter'));
    t.is((await shown(first))['counter{x="a"}'], '1');
    await first.run((_, { update }) => update());
    t.is((await shown(third))['counter{x="a"}'], '1');
    await third.run((client) => client.register.clear());
    t.false('counter{x="a"}' in (await shown(first)));
    // The metrics may be registered again.
    await makes(first);
    t.is((await shown(third))['counter{x="a"}'], '1');
    await Promise.all(actors.map(async (actor) => actor.leave()));
  },
);

/** Has an actor declare the metrics of the rounds. */
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

/** Has an actor create the series of a round. */
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

/** Has an actor update the remaining series, 20,000 times. */
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
  // One actor has all series of the first round, and is stopped until the last round is over.
  await creates(stopped, 0);
  process.kill(stopped.pid, 'SIGSTOP');
  const sizes: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    // Each round has another actor, which is killed while the others work.
    const victim = new Actor('fork');
    t.teardown(async () => victim.kill());
    await enters(victim);
    await Promise.all([...makers, victim].map(async (actor) => creates(actor, round)));
    await updates(victim);
    // During the removal, the other series is updated.
    await Promise.all([removes(remover, round), ...makers.map(updates), victim.kill()]);
    const [bytes, text] = await remover.run(async (client) => {
      const heap = client.open();
      const { bytes: size } = heap.info();
      heap.close();
      return [size, await client.register.metrics()] as const;
    });
    sizes.push(bytes);
    t.false(text.includes('many{round='), `round ${round}`);
  }
  t.is(sizes[9], sizes[1], `${sizes}`);
  process.kill(stopped.pid, 'SIGCONT');
  // Its held series has been removed, so the next update creates the series again.
  await stopped.run((_, { held }) => held.inc());
  await updates(stopped);
  const found = await shown(remover);
  t.is(Number(found['survivor{x="a"}']), (10 * 5 + 1) * 20_000);
  t.is(found['many{round="0",number="0"}'], '1');
  await Promise.all(actors.map(async (actor) => actor.leave()));
});
