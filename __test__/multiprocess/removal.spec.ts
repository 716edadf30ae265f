// What is taken away in one process, and what becomes of it in the others.
import test from 'ava';
import { application, type Actor } from './support/actors';

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

test.serial('ten rounds of 10,000 series in four processes, removed by a fifth', async (t) => {
  const actors = application(t, 'fork', 'fork', 'threads', 'spawn', 'fork');
  const remover = actors.pop() as Actor;
  const series = 10_000;
  for (const actor of [...actors, remover]) {
    await actor.run((client, kept) => {
      kept.counter = new client.Counter({
        name: 'many',
        help: 'H',
        labelNames: ['round', 'number'],
      });
      kept.survivor = new client.Counter({ name: 'survivor', help: 'H', labelNames: ['x'] }).labels(
        'a',
      );
      kept.updates = 0;
    });
  }
  const sizes: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      actors.map(async (actor) =>
        actor.run(
          (_, { counter }, [turn, count]) => {
            for (let number = 0; number < count; number += 1) counter.inc({ round: turn, number });
          },
          [round, series] as [number, number],
        ),
      ),
    );
    // While they go, what stays is updated.
    await Promise.all([
      remover.run(
        (_, { counter }, [turn, count]) => {
          for (let number = 0; number < count; number += 1) counter.remove({ round: turn, number });
        },
        [round, series] as [number, number],
      ),
      ...actors.map(async (actor) =>
        actor.run(async (_, kept) => {
          for (let burst = 0; burst < 20; burst += 1) {
            for (let update = 0; update < 1000; update += 1) kept.survivor.inc();
            kept.updates += 1000;
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }),
      ),
    ]);
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
  const total = (await shown(remover))['survivor{x="a"}'];
  t.is(Number(total), 4 * 10 * 20_000);
  await Promise.all([...actors, remover].map(async (actor) => actor.leave()));
});
