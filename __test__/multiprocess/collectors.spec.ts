// The `collect` functions of all processes and threads run for a scrape in any of them.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { application, type Actor } from './support/actors';

/** The longest wait of a scrape, in milliseconds: longer than any delay of a busy machine. */
const WAIT = 5000;

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

/** The value that a scrape by that actor shows, and the milliseconds that the scrape took. */
async function scrape(actor: Actor): Promise<[runs: number, took: number]> {
  return actor.run(async (client, _, collectTimeout) => {
    const start = performance.now();
    const text = await client.register.metrics({ collectTimeout });
    return [Number(/^runs (\d+)$/m.exec(text)?.[1]), performance.now() - start];
  }, WAIT);
}

test.serial('each scrape runs all collect functions once, in any process', async (t) => {
  const actors = application(t, 'fork', 'threads', 'cluster', 'spawn');
  const [first, , , last] = actors as [Actor, Actor, Actor, Actor];
  for (const [index, actor] of actors.slice(0, 3).entries()) await collects(actor, index === 1);
  t.is((await scrape(first))[0], 3);
  // This actor has no metric of that name.
  t.is((await scrape(last))[0], 6);
  const url = await last.run(async (client, kept, collectTimeout) => {
    kept.server = await client.startHttpServer({ port: 0, collectTimeout });
    return kept.server.url as string;
  }, WAIT);
  t.regex(await (await fetch(url)).text(), /^runs 9$/m);
  // A process without the metric is no longer asked.
  await first.run((client) => client.register.removeSingleMetric('runs'));
  t.is((await scrape(last))[0], 8);
  t.is(await first.run((_, { runs }) => runs), 3);
  await Promise.all(actors.map(async (actor) => actor.leave()));
});

test.serial('a blocked process delays one scrape, and keeps its value', async (t) => {
  const [scraper, blocked, other] = application(t, 'fork', 'fork', 'fork') as [Actor, Actor, Actor];
  await collects(blocked, false);
  await collects(other, false);
  t.is((await scrape(scraper))[0], 2);
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [isBlocked, release] = [join(folder, 'blocked'), join(folder, 'release')];
  await blocked.run(
    async (_, __, [says, waitsFor]) => {
      const fs = await import('node:fs');
      const never = new Int32Array(new SharedArrayBuffer(4));
      setTimeout(() => {
        fs.writeFileSync(says, '');
        while (!fs.existsSync(waitsFor)) Atomics.wait(never, 0, 0, 20);
      }, 20);
    },
    [isBlocked, release] as [string, string],
  );
  while (!existsSync(isBlocked)) await sleep(20);
  const [[runs, took], ...others] = [
    await scrape(scraper),
    await scrape(scraper),
    await scrape(scraper),
  ];
  t.is(runs, 1 + 2);
  t.true(took >= WAIT - 10, `${took} ms`);
  t.deepEqual(
    others.map(([total]) => total),
    [1 + 3, 1 + 4],
  );
  t.true(
    others.every(([, next]) => next < WAIT / 2),
    `${others.map(([, next]) => next)} ms`,
  );
  writeFileSync(release, '');
  await blocked.run(() => undefined);
  // The process answers the missed requests and each new one, one after the other or several at once.
  const [late] = await scrape(scraper);
  t.true(late >= 2 + 5 && late <= 4 + 5, `${late}`);
  await Promise.all([scraper, blocked, other].map(async (actor) => actor.leave()));
});

test.serial('a failing or endless function hides no other, and is reported once', async (t) => {
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
  // Only the first scrape waits for it.
  const times = [await scrape(scraper), await scrape(scraper), await scrape(scraper)];
  t.is(times[0]?.[0], 3);
  t.true(
    (times[0]?.[1] ?? 0) >= WAIT - 10 &&
      Math.max(...times.slice(1).map(([, took]) => took)) < WAIT / 2,
    `${times}`,
  );
  await Promise.all([scraper, failing].map(async (actor) => actor.leave()));
});

test.serial('collect functions keep no process alive', async (t) => {
  const [actor] = application(t, 'fork') as [Actor];
  await collects(actor, false);
  await actor.leave();
  t.pass();
});
