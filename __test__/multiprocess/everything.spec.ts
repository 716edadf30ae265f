// Every metric, in every kind of registry, in every set-up: collected, filtered, and served on its own port.
import test from 'ava';
import { application, type Actor, type Kind } from './support/actors';

/** A module that every actor imports. */
const module = new URL('support/everything.mjs', import.meta.url).href;

const SET_UPS: Record<string, Kind[]> = {
  'worker threads': ['threads', 'threads', 'threads'],
  'child_process.fork': ['fork', 'fork', 'fork'],
  'child_process.spawn': ['spawn', 'spawn', 'spawn'],
  'a cluster': ['cluster', 'cluster', 'cluster'],
  'a mixture': ['cluster', 'threads', 'spawn'],
};
/** The shared kinds of registries, and the kinds that each actor has for itself. */
const SHARED = ['global', 'named', 'unnamed'];
const OWN = ['own', 'own again'];

for (const [name, kinds] of Object.entries(SET_UPS)) {
  test.serial(`every metric, in every kind of registry: ${name}`, async (t) => {
    const actors = application(t, ...kinds);
    for (const [index, actor] of actors.entries()) {
      await actor.run(
        async (_, kept, [file, who]) => {
          Object.assign(kept, await import(file));
          kept.update(who);
        },
        [module, index + 1] as const,
      );
    }
    // All `collect` functions run, even on a busy machine, and their values stay.
    await actors[0]?.run(async ({ register }) => register.metrics({ collectTimeout: 60_000 }));
    const pids = await Promise.all(actors.map(async (actor) => actor.run(() => process.pid)));
    const everybody = pids.map((pid, index) => ({ who: index + 1, pid }));

    for (const [index, actor] of actors.entries()) {
      const pages = await collected(actor);
      const itself = everybody.slice(index, index + 1);
      for (const kind of [...SHARED, ...OWN]) {
        const expected = page(SHARED.includes(kind) ? everybody : itself);
        t.is(pages[kind]?.all, expected, `${kind} in ${index}`);
        t.is(pages[kind]?.theirs, expected, `${kind} in ${index}, as prom-client writes it`);
      }
      t.is(pages['named']?.single, '# HELP gauge_max H\n# TYPE gauge_max gauge\ngauge_max 3');
      t.deepEqual(pages['unnamed']?.data, [6, 6, 3]);
    }

    const last = actors.at(-1) as Actor;
    const urls = await last.run(async (client, kept) => {
      const servers = Object.entries(kept.registries).map(async ([kind, registry]) => {
        const shown = { registry: registry as typeof client.register, own: false };
        const options = { ...shown, port: 0, openMetrics: true };
        return [kind, (await client.startHttpServer(options)).url] as const;
      });
      return Object.fromEntries(await Promise.all(servers));
    });
    t.is(new Set(Object.values(urls)).size, SHARED.length + OWN.length);
    for (const [kind, url] of Object.entries(urls)) {
      const shown = SHARED.includes(kind) ? everybody : everybody.slice(-1);
      t.is(await fetched(url), page(shown), `${kind}, served`);
      // The default is the Prometheus text format, without any part of OpenMetrics.
      const plain = await (await fetch(url)).text();
      const sum = shown.reduce((all, { who }) => all + who, 0);
      t.true(plain.startsWith(`# HELP counter H\n# TYPE counter counter\ncounter{x="a"} ${sum}\n`));
      t.notRegex(plain, /# EOF|# \{|_created|stateset/);
      const filtered = await fetched(`${url}?name[]=build&name[]=collected&name[]=other`);
      t.is(filtered, only(page(shown), 'build', 'collected'), `${kind}, filtered`);
    }
  });
}

/** The pages and data of an actor for each of its registries. */
async function collected(
  actor: Actor,
): Promise<Record<string, { all: string; theirs: string; single: string; data: unknown[] }>> {
  const found = await actor.run(async (_, { registries }) => {
    const reads = Object.entries(registries as Record<string, (typeof _)['register']>).map(
      async ([kind, registry]) => {
        const families = await registry.getMetricsAsJSON();
        const counts = ['counter', 'gauge_sum', 'gauge_max'].map(
          (name) =>
            (
              families.find((family) => family.name === name) as never as {
                values: { value: number }[];
              }
            ).values[0]?.value,
        );
        const [all, theirs] = [
          await registry.openMetrics({ created: true }),
          await registry.metrics(),
        ];
        return [
          kind,
          {
            all,
            theirs,
            single: await registry.getSingleMetricAsString('gauge_max'),
            data: counts,
          },
        ] as const;
      },
    );
    return Object.fromEntries(await Promise.all(reads));
  });
  return Object.fromEntries(
    Object.entries(found).map(([kind, read]) => {
      // prom-client's dialect has no creation times, and writes integral bounds without a point.
      const theirs = read.theirs.replaceAll(/(le="\d)"/g, '$1.0"');
      return [kind, { ...read, all: timeless(read.all), theirs: exampled(theirs) }];
    }),
  );
}

async function fetched(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'application/openmetrics-text' } });
  return timeless(await response.text());
}

/** The text without the times of creation and of exemplars. */
function timeless(text: string): string {
  return exampled(text.replaceAll(/^\w+_created.*\n/gm, ''));
}

/** The text without the times of exemplars. */
function exampled(text: string): string {
  return text.replaceAll(/( # \{.*\} \S+) [\d.]+$/gm, '$1');
}

/** The given families of a page. */
function only(text: string, ...names: string[]): string {
  const families = text
    .split(/^(?=# (?:HELP|EOF))/m)
    .filter((family) => names.includes(family.split(' ')[2] as string));
  return `${families.join('')}# EOF\n`;
}

/** The page of a registry for its sharers. Each of them has updated every metric with its number. */
function page(sharers: { who: number; pid: number }[]): string {
  const numbers = sharers.map(({ who }) => who);
  const sum = numbers.reduce((one, other) => one + other);
  const last = Math.max(...numbers);
  const median = numbers.toSorted()[Math.floor(numbers.length / 2)];
  const gauge = (name: string, value?: number): string[] => [
    `# HELP ${name} H`,
    `# TYPE ${name} gauge`,
    ...(value === undefined ? [] : [`${name} ${value}`]),
  ];
  const bucket = (le: string, least: number, most: number): string => {
    const example = numbers.findLast((value) => value > least && value <= most);
    const exemplar = example === undefined ? '' : ` # {trace_id="trace ${example}"} ${example}`;
    return `histogram_bucket{le="${le}"} ${numbers.filter((value) => value <= most).length}${exemplar}`;
  };
  const summary = (name: string): string[] => [
    `# HELP ${name} H`,
    `# TYPE ${name} summary`,
    `${name}{quantile="0.5"} ${median}`,
    `${name}_sum ${sum}`,
    `${name}_count ${numbers.length}`,
  ];
  // Threads of one process are one series there.
  const processes = new Map<number, number>();
  for (const { who, pid } of sharers) processes.set(pid, (processes.get(pid) ?? 0) + who);
  return [
    '# HELP counter H',
    '# TYPE counter counter',
    `counter_total{x="a"} ${sum} # {trace_id="trace ${last}"} ${last}`,
    ...gauge('gauge_sum', sum),
    ...gauge('gauge_min', Math.min(...numbers)),
    ...gauge('gauge_max', last),
    ...gauge('gauge_average', sum / numbers.length),
    ...gauge('gauge_first', numbers[0]),
    // Shown only while a single process or thread has it.
    ...(numbers.length === 1 ? gauge('gauge_omit', numbers[0]) : []),
    ...gauge('gauge_shared', last),
    ...gauge('gauge_all'),
    ...[...processes].map(([pid, value]) => `gauge_all{pid="${pid}"} ${value}`),
    '# HELP histogram H',
    '# TYPE histogram histogram',
    bucket('1.0', -Infinity, 1),
    bucket('2.0', 1, 2),
    bucket('+Inf', 2, Infinity),
    `histogram_sum ${sum}`,
    `histogram_count ${numbers.length}`,
    ...summary('summary'),
    ...summary('recent'),
    '# HELP build H',
    '# TYPE build info',
    `build_info{said_by="${last}"} 1`,
    '# HELP task H',
    '# TYPE task stateset',
    ...[1, 2, 3].map((state) => `task{task="${'abc'[state - 1]}"} ${state === last ? 1 : 0}`),
    ...gauge('collected', sum),
    '# EOF\n',
  ].join('\n');
}
