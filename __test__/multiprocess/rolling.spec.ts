// Two versions of an application at the same time, as during a rolling deployment. No process crashes, and each
// difference is reported once.
import test from 'ava';
import { application, type Actor } from './support/actors';

/** Has an actor run a version of the application. */
async function runs(actor: Actor, version: 1 | 2): Promise<void> {
  await actor.run((client, kept, isNew) => {
    const metrics = [
      new client.Histogram({ name: 'buckets', help: 'H', buckets: isNew ? [1, 2, 3] : [1, 2] }),
      new client.Counter({ name: 'labels', help: 'H', labelNames: isNew ? ['a', 'b'] : ['a'] }),
      new (isNew ? client.Gauge : client.Counter)({ name: 'kind', help: 'H' }),
      new client.Gauge({ name: 'aggregator', help: 'H', aggregator: isNew ? 'max' : 'sum' }),
      new client.Counter({ name: 'help', help: isNew ? 'New help' : 'Old help' }),
    ] as const;
    const [buckets, labels, kind, aggregator, help] = metrics;
    kept.update = () => {
      buckets.observe(2.5);
      labels.inc(isNew ? { a: 1, b: 2 } : { a: 1 });
      kind.inc();
      aggregator.set(5);
      help.inc();
    };
    kept.update();
  }, version === 2);
}

/** The text that an actor shows, without empty lines. */
async function shown(actor: Actor): Promise<string[]> {
  const text = await actor.run(async (client) => client.register.metrics());
  return text.split('\n').filter((line) => line !== '');
}

const OLD = [
  '# HELP buckets H',
  '# TYPE buckets histogram',
  'buckets_bucket{le="1"} 0',
  'buckets_bucket{le="2"} 0',
  'buckets_bucket{le="+Inf"} 2',
  'buckets_sum 5',
  'buckets_count 2',
  '# HELP labels H',
  '# TYPE labels counter',
  'labels{a="1"} 2',
  '# HELP kind H',
  '# TYPE kind counter',
  'kind 2',
  '# HELP aggregator H',
  '# TYPE aggregator gauge',
  'aggregator 10',
];

const NEW = [
  '# HELP buckets H',
  '# TYPE buckets histogram',
  'buckets_bucket{le="1"} 0',
  'buckets_bucket{le="2"} 0',
  'buckets_bucket{le="3"} 2',
  'buckets_bucket{le="+Inf"} 2',
  'buckets_sum 5',
  'buckets_count 2',
  '# HELP labels H',
  '# TYPE labels counter',
  'labels{a="1",b="2"} 2',
  '# HELP kind H',
  '# TYPE kind gauge',
  'kind 2',
  '# HELP aggregator H',
  '# TYPE aggregator gauge',
  'aggregator 5',
];

/** Sorted, because families appear in the order of their declaration. */
function families(lines: string[]): string[] {
  const found = lines.join('\n').split(/\n(?=# HELP)/);
  found.sort();
  return found;
}

test.serial('the old declaration is shown while old processes run, then the new', async (t) => {
  const actors = application(t, 'fork', 'cluster', 'fork', 'threads');
  const [old, fresh] = [actors.slice(0, 2), actors.slice(2)];
  for (const actor of old) await runs(actor, 1);
  t.deepEqual(families((await shown(old[0] as Actor)).slice(0, OLD.length)), families(OLD));
  for (const actor of fresh) await runs(actor, 2);
  for (const actor of [...old, ...fresh]) {
    const lines = await shown(actor);
    const isHelp = (line: string): boolean => line.startsWith('# HELP help ');
    const about = lines.findIndex(isHelp);
    t.deepEqual(lines.slice(about + 1, about + 3), ['# TYPE help counter', 'help 4']);
    t.deepEqual(families(lines.filter((line) => !/\bhelp\b/.test(line))), families(OLD));
  }
  for (const actor of fresh) {
    const warnings = await actor.run((_, kept) => kept.warnings);
    const conflicts = warnings.filter(({ code }) => code === 'MPMETRICS_CONFLICT');
    t.is(conflicts.length, 4, JSON.stringify(warnings));
    await actor.run((_, { update }) => update());
    t.is((await actor.run((_, kept) => kept.warnings)).length, warnings.length);
  }
  for (const actor of old) t.deepEqual(await actor.run((_, kept) => kept.warnings), []);
  const own = await (fresh[0] as Actor).run(async (client) =>
    client.register.metrics({ own: true }),
  );
  t.true(Number(/^mpmetrics_conflicts_total (\d+)$/m.exec(own)?.[1]) >= 4, own);
  // One old process is killed, the other one ends.
  await old[0]?.kill();
  t.true((await shown(fresh[0] as Actor)).includes('# TYPE kind counter'));
  await old[1]?.leave();
  const lines = (await shown(fresh[0] as Actor)).filter((line) => !/\bhelp\b/.test(line));
  const doubled = NEW.map((line) =>
    line
      .replace(/^(kind|labels\S*|buckets_(?:bucket\{le="(?:3|\+Inf)"\}|count)) 2$/, '$1 4')
      .replace('_sum 5', '_sum 10'),
  );
  t.deepEqual(families(lines), families(doubled));
  await Promise.all(fresh.map(async (actor) => actor.leave()));
});

test.serial('the latest of several times is shown, for any declaration of the gauge', async (t) => {
  const [one, two] = application(t, 'fork', 'fork') as [Actor, Actor];
  const declare = async (actor: Actor): Promise<void> => {
    await actor.run((client, kept) => {
      kept.gauge = new client.Gauge({ name: 'last_success', help: 'H' });
    });
  };
  await declare(one);
  await declare(two);
  await one.run((_, { gauge }) => gauge.setToCurrentTime());
  await two.run((_, { gauge }) => gauge.setToCurrentTime());
  const text = await one.run(async (client) => client.register.metrics());
  const shownTime = Number(/^last_success (\S+)$/m.exec(text)?.[1]);
  t.true(Math.abs(shownTime - Date.now() / 1000) < 60, text);
  // They stay times when they move to other series.
  const relabelled = [one, two].map(async (actor) =>
    actor.run((client) => client.register.setDefaultLabels({ app: 'a' })),
  );
  await Promise.all(relabelled);
  const moved = await one.run(async (client) => client.register.metrics());
  t.is(Number(/^last_success\{app="a"\} (\S+)$/m.exec(moved)?.[1]), shownTime, moved);
  t.deepEqual(await one.run((_, kept) => kept.warnings), []);
  await Promise.all([one, two].map(async (actor) => actor.leave()));
});
