// Registries of several processes and threads: shared ones, and private ones.
import test from 'ava';
import { application, type Actor, type Kind } from './support/actors';

/** A module that every actor imports. */
const module = new URL('support/registries.mjs', import.meta.url).href;

const SET_UPS: Kind[][] = [
  ['threads', 'threads', 'threads'],
  ['cluster', 'cluster', 'cluster'],
  ['fork', 'spawn', 'threads'],
];

/** Has an actor import the module, and count once in each of its registries. */
async function count(actor: Actor): Promise<void> {
  await actor.run(async (_, kept, file) => {
    const made = await import(file);
    Object.assign(kept, made);
    for (const [name, registry] of Object.entries({ first: made.first, second: made.second })) {
      made.count(registry, `${name}_total`);
      made.count(registry, 'common_total');
    }
    made.count(made.named, 'named_total');
  }, module);
}

for (const kinds of SET_UPS) {
  test.serial(`each registry shows its own metrics: ${kinds.join(', ')}`, async (t) => {
    const actors = application(t, ...kinds);
    await Promise.all(actors.map(count));
    for (const actor of actors) {
      const [first, second, named, data] = await actor.run(async (_, kept) => [
        await kept.first.metrics(),
        await kept.second.metrics(),
        await kept.named.metrics(),
        (await kept.second.getMetricsAsJSON()).map(({ name }: { name: string }) => name),
      ]);
      const counter = (name: string): string =>
        `# HELP ${name} H\n# TYPE ${name} counter\n${name} 3\n`;
      t.is(first, [counter('first_total'), counter('common_total')].join('\n'));
      t.true(second.startsWith('# HELP second H\n# TYPE second counter\nsecond_total 3\n'), second);
      t.true(second.includes('common_total 3\n') && second.endsWith('# EOF\n'));
      t.is(named, counter('named_total'));
      t.deepEqual(data, ['second_total', 'common_total']);
      t.deepEqual(await actor.run((_, { warnings }) => warnings), []);
    }
    const urls = await Promise.all(
      (['first', 'second', 'named'] as const).map(async (name, index) =>
        (actors[index] as Actor).run(async (client, kept, which) => {
          kept.server = await client.startHttpServer({ port: 0, registry: kept[which] });
          return kept.server.url as string;
        }, name as string),
      ),
    );
    const shown = await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
    const families = shown.map((text) =>
      [...text.matchAll(/^# TYPE ([^m]\S*) /gm)].map(([, name]) => name),
    );
    t.deepEqual(families, [
      ['first_total', 'common_total'],
      ['second_total', 'common_total'],
      ['named_total'],
    ]);
    t.true(
      shown.every((text) => !/^(?!#|mpmetrics_)\S+ (?!3$)/m.test(text)),
      shown.join('\n'),
    );
    const filtered = await fetch(`${urls[0]}?name[]=common_total&name[]=named_total`);
    t.is(
      await filtered.text(),
      '# HELP common_total H\n# TYPE common_total counter\ncommon_total 3\n',
    );
    await Promise.all(actors.map(async (actor) => actor.leave()));
  });
}

test.serial('registries of a call site that runs twice become private for all', async (t) => {
  const actors = application(t, 'fork', 'fork', 'threads');
  const totals = async (): Promise<number[][]> =>
    Promise.all(
      actors.map(async (actor) =>
        actor.run(async (_, { made }) => {
          const texts: string[] = await Promise.all(
            made.map((one: { metrics(): string }) => one.metrics()),
          );
          return texts.map((text) => Number(/^c (\d+)$/m.exec(text)?.[1]));
        }),
      ),
    );
  for (const actor of actors) {
    await actor.run(async (_, kept, file) => {
      const { again, count: countIn } = await import(file);
      kept.make = () => {
        const registry = again();
        countIn(registry, 'c');
        (kept.made ??= []).push(registry);
      };
      kept.make();
    }, module);
  }
  t.deepEqual(await totals(), [[3], [3], [3]]);
  await actors[0]?.run((_, { make }) => make());
  t.deepEqual(await totals(), [[1, 1], [1], [1]]);
  await actors[0]?.run((_, { make }) => make());
  t.deepEqual(await totals(), [[1, 1, 1], [1], [1]]);
  for (const actor of actors) {
    const warnings = await actor.run((_, kept) => kept.warnings);
    t.deepEqual(
      warnings.map(({ code }) => code),
      ['MPMETRICS_UNNAMED_REGISTRY'],
    );
    t.regex(warnings[0]?.message ?? '', /multiprocess\/support\/registries\.mjs:10:10,/);
  }
});

test.serial(
  'a merged registry shows the metrics of others in its sources, except removed ones',
  async (t) => {
    const [reader, other] = application(t, 'fork', 'threads') as [Actor, Actor];
    for (const [actor, names] of [
      [reader, ['common', 'removed']],
      [other, ['common', 'removed', 'elsewhere']],
    ] as const) {
      await actor.run((client, kept, made) => {
        kept.source = new client.Registry({ name: 'source' });
        for (const name of made) {
          new client.Counter({ name, help: 'H', registers: [kept.source] }).inc();
        }
      }, names);
    }
    await reader.run(async (client, kept) => {
      kept.merged = client.Registry.merge([kept.source]);
      kept.server = await client.startHttpServer({ port: 0, registry: kept.merged, own: false });
      new client.Counter({ name: 'own', help: 'H', registers: [kept.merged] }).inc(4);
      kept.merged.removeSingleMetric('removed');
    });
    const lines = (text: string): string[] => text.match(/^\w.*/gm) ?? [];
    const text = await reader.run(async (_, { merged }) => merged.metrics() as string);
    t.deepEqual(lines(text), ['common 2', 'elsewhere 1', 'own 4']);
    const url = await reader.run((_, { server }) => server.url as string);
    // The server's thread cannot wait for this process, so it shows the sources as they are.
    const served = await (await fetch(url)).text();
    t.deepEqual(lines(served), ['common 2', 'removed 2', 'elsewhere 1', 'own 4']);
    const others = await other.run(async (_, { source }) => source.metrics() as string);
    t.deepEqual(lines(others), ['common 2', 'removed 2', 'elsewhere 1']);
    const cleared = await reader.run(async (_, { merged }) => {
      merged.clear();
      return merged.metrics() as string;
    });
    t.is(cleared, '\n');
    await Promise.all([reader, other].map(async (actor) => actor.leave()));
  },
);

/** The warning of a metric in other registries. */
function inOtherRegistries(name: string): string {
  return (
    `The metric ${name} is in other registries here than in another process or thread, or these have other default ` +
    'labels here. Pages show the values of only one of them. Register the metric in the same registries everywhere, ' +
    'with the same default labels.'
  );
}

/** The first so many warnings of a conflict in an isolate. */
async function conflicts(actor: Actor, most: number): Promise<string[]> {
  return actor.run(async (_, kept, wanted) => {
    const found = (): string[] =>
      kept.warnings.filter(({ code }) => code === 'MPMETRICS_CONFLICT').map((one) => one.message);
    while (found().length < wanted) await new Promise((resolve) => void setTimeout(resolve, 20));
    return found();
  }, most);
}

test.serial(
  'a metric whose registries have unlike default labels is reported with the cause',
  async (t) => {
    const [alike, unlike] = application(t, 'fork', 'threads') as [Actor, Actor];
    for (const [actor, labels] of [
      [alike, {}],
      [unlike, { release: 2 }],
    ] as const) {
      await actor.run((client, kept, defaults) => {
        kept.further = new client.Registry({ name: 'further' });
        const registers = [client.register, kept.further];
        new client.Counter({ name: 'labelled_total', help: 'H', registers }).inc();
        kept.further.setDefaultLabels(defaults);
      }, labels);
    }
    t.deepEqual(await conflicts(unlike, 1), [inOtherRegistries('labelled_total')]);
  },
);

test.serial('a metric in other registries than elsewhere is reported with the cause', async (t) => {
  const actors = application(t, 'fork', 'cluster', 'threads') as [Actor, Actor, Actor];
  const [further, plain, late] = actors;
  await further.run(async (client) => {
    const registry = new client.Registry({ name: 'further' });
    const registers = [client.register, registry];
    new client.Counter({ name: 'made_total', help: 'H', registers }).inc();
    registry.registerMetric(new client.Counter({ name: 'later_total', help: 'H' }));
  });
  const messages = ['made_total', 'later_total'].map(inOtherRegistries);
  await plain.run((client) => {
    for (const name of ['made_total', 'later_total']) new client.Counter({ name, help: 'H' }).inc();
  });
  t.deepEqual(await conflicts(plain, 2), messages);
  await late.run((client, kept) => {
    kept.counters = ['made_total', 'later_total'].map((name) => {
      const counter = new client.Counter({ name, help: 'H' });
      new client.Registry({ name: `${name}_of_one` }).registerMetric(counter);
      return counter;
    });
  });
  t.deepEqual(await conflicts(late, 2), messages);
});
