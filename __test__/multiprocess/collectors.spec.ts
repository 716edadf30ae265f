// The `collect` functions of all processes and threads run for a scrape in any of them.
import test from 'ava';
import { application, type Actor } from './support/actors';

/** Has an actor register a gauge that counts how often it is collected. */
async function collects(actor: Actor, isAsync: boolean): Promise<void> {
  await actor.run((client, kept, waits) => {
    kept.runs = 0;
    new client.Gauge({
      name: 'runs',
      help: 'How often collect has run in all',
      collect() {
        kept.runs += 1;
        if (!waits) return void this.set(kept.runs);
        return new Promise((resolve) => setTimeout(resolve, 5)).then(() => this.set(kept.runs));
      },
    });
  }, isAsync);
}

/** What a scrape by that actor shows, and how many milliseconds it took. */
async function scrape(actor: Actor): Promise<[runs: number, took: number]> {
  return actor.run(async (client) => {
    const start = performance.now();
    const text = await client.register.metrics({ collectTimeout: 2000 });
    return [Number(/^runs (\d+)$/m.exec(text)?.[1]), performance.now() - start];
  });
}

test.serial('each scrape has them run once, wherever it is made', async (t) => {
  const actors = application(t, 'fork', 'threads', 'cluster', 'spawn');
  const [first, , , last] = actors as [Actor, Actor, Actor, Actor];
  for (const [index, actor] of actors.slice(0, 3).entries()) await collects(actor, index === 1);
  t.is((await scrape(first))[0], 3);
  // It has no metric of that name itself.
  t.is((await scrape(last))[0], 6);
  const url = await last.run(async (client, kept) => {
    kept.server = await client.startHttpServer({ port: 0, collectTimeout: 2000 });
    return kept.server.url as string;
  });
  t.regex(await (await fetch(url)).text(), /^runs 9$/m);
  // Who has withdrawn the metric is asked no more.
  await first.run((client) => client.register.removeSingleMetric('runs'));
  t.is((await scrape(last))[0], 8);
  t.is(await first.run((_, { runs }) => runs), 3);
  await Promise.all(actors.map(async (actor) => actor.leave()));
});

test.serial('a blocked one delays one scrape, and keeps its value', async (t) => {
  const [scraper, blocked, other] = application(t, 'fork', 'fork', 'fork') as [Actor, Actor, Actor];
  await collects(blocked, false);
  await collects(other, false);
  t.is((await scrape(scraper))[0], 2);
  await blocked.run(() => {
    setTimeout(() => {
      const end = performance.now() + 10_000;
      while (performance.now() < end);
    }, 20);
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const [[runs, took], ...others] = [
    await scrape(scraper),
    await scrape(scraper),
    await scrape(scraper),
  ];
  t.is(runs, 1 + 2);
  t.true(took >= 1990 && took < 4000, `${took} ms`);
  t.deepEqual(
    others.map(([total]) => total),
    [1 + 3, 1 + 4],
  );
  t.true(
    others.every(([, next]) => next < 1500),
    `${others.map(([, next]) => next)} ms`,
  );
  await blocked.run(() => undefined);
  // It answers the question of then, and each new one.
  const [late] = await scrape(scraper);
  t.true(late >= 2 + 5 && late <= 3 + 5, `${late}`);
  await Promise.all([scraper, blocked, other].map(async (actor) => actor.leave()));
});

test.serial('one that fails or never ends hides no other, and is reported once', async (t) => {
  const [scraper, failing] = application(t, 'fork', 'threads') as [Actor, Actor];
  await collects(failing, false);
  await failing.run((client) => {
    new client.Gauge({
      name: 'failing',
      help: 'H',
      collect: () => {
        throw new Error('as it should');
      },
    });
  });
  t.is((await scrape(scraper))[0], 1);
  t.is((await scrape(scraper))[0], 2);
  const warnings = await failing.run((_, kept) => kept.warnings);
  t.deepEqual(
    warnings.map(({ code }) => code),
    ['MPMETRICS_COLLECT'],
  );
  await failing.run((client) => {
    new client.Gauge({
      name: 'endless',
      help: 'H',
      collect: () => new Promise<void>(() => undefined),
    });
  });
  // Is waited for once.
  const times = [await scrape(scraper), await scrape(scraper), await scrape(scraper)];
  t.is(times[0]?.[0], 3);
  t.true(
    (times[0]?.[1] ?? 0) >= 1990 && Math.max(...times.slice(1).map(([, took]) => took)) < 1500,
    `${times}`,
  );
  await Promise.all([scraper, failing].map(async (actor) => actor.leave()));
});

test.serial('they keep no process alive', async (t) => {
  const [actor] = application(t, 'fork') as [Actor];
  await collects(actor, false);
  await actor.leave();
  t.pass();
});
