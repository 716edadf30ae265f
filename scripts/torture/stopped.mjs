// Stopped processes: writers that create and remove series all the time are stopped with SIGSTOP at random moments,
// often while they hold the lock of the label map.
//
// Meanwhile, scrapes and known series continue. A new series waits for the lock once. Further ones are dropped without
// waiting, until the lock is free. After SIGCONT, the dropped series are created.
import { setTimeout as sleep } from 'node:timers/promises';
import { heapName, item, progress, times } from './support/item.mjs';
import { parse } from '../../examples/demo/exposition.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';
import { Consistency } from '../../__test__/multiprocess/support/consistency.mjs';

const STOPS = times(40, 2_000);
const WRITERS = 3;
/** New series while a writer is stopped. */
const NEW = 20;
/** The longest time of any call, in milliseconds: any answer at all, not a speed. */
const BOUND = 5_000;
/** The longest time of a recovery after SIGCONT, in milliseconds, beside other work. */
const RECOVERY = 60_000;

process.env.MPMETRICS_NAME = heapName;
// Warnings are checked, not printed.
process.env.NODE_NO_WARNINGS = '1';
process.removeAllListeners('warning');

await item(async ({ figures, check }) => {
  const writers = Array.from({ length: WRITERS }, () => new Actor('fork'));
  for (const writer of writers) await writer.run(change);
  const client = await import('mpmetrics');
  const known = new client.Counter({ name: 'known_total', help: 'H' });
  const young = new client.Counter({ name: 'young_total', help: 'H', labelNames: ['n'] });
  const heap = client.open();
  const consistency = new Consistency();
  const scrapes = [];
  const scrape = async () => {
    const started = performance.now();
    const text = await client.register.metrics();
    scrapes.push(performance.now() - started);
    const families = parse(text);
    // These series come and go.
    for (const name of ['churn', 'young_total']) families.delete(name);
    for (const fault of consistency.check(families)) check(false, fault);
    return families;
  };

  let held = 0;
  let waited = 0;
  let waitedLater = 0;
  let counted = 0;
  let stops = 0;
  // A short run may stop no lock holder: then it continues until it does.
  while (stops < STOPS || (held === 0 && stops < 50 * STOPS)) {
    const stop = stops++;
    const { pid } = writers[stop % WRITERS];
    await sleep(3 * Math.random());
    process.kill(pid, 'SIGSTOP');
    const before = heap.info().droppedBusy;
    await scrape();
    for (let number = 0; number < NEW; number += 1) {
      const started = performance.now();
      young.inc({ n: `${stop}-${number}` });
      const took = performance.now() - started;
      if (number === 0) waited = Math.max(waited, took);
      else waitedLater = Math.max(waitedLater, took);
      known.inc();
      counted += 1;
    }
    const shown = (await scrape()).get('known_total').samples.get('known_total');
    check(shown === counted, `a known series counts ${shown} of ${counted}`);
    const dropped = heap.info().droppedBusy - before;
    if (dropped > 0) held += 1;
    process.kill(pid, 'SIGCONT');
    if (dropped > 0) {
      // Dropped series are retried every so many updates, until the lock is free again.
      const deadline = performance.now() + RECOVERY;
      let made = 0;
      while (made < NEW && performance.now() < deadline) {
        for (let number = 0; number < NEW; number += 1) young.inc({ n: `${stop}-${number}` }, 0);
        await sleep(1);
        const { values } = await young.get();
        made = values.filter(({ labels }) => labels.n !== undefined).length;
        // Nothing is missing: the overflow series counts for a series that is not made yet.
        const sum = values.reduce((all, { value }) => all + value, 0);
        check(sum === NEW, `new series count ${sum} of ${NEW}`);
      }
      check(made === NEW, `only ${made} of ${NEW} series are made after SIGCONT`);
    }
    // A reset without the lock is reported and has no effect, so it is repeated.
    const end = performance.now() + RECOVERY;
    do young.reset();
    while ((await young.get()).values.length > 0 && performance.now() < end);
    if (stops % 200 === 0) progress(`${stops} of ${STOPS} stops`);
  }
  scrapes.sort((one, other) => one - other);
  check(scrapes.at(-1) < BOUND, `a scrape took ${scrapes.at(-1)} ms`);
  check(waited < BOUND, `a new series waited ${waited} ms`);
  check(held > 0, 'nobody was stopped while holding the lock');
  Object.assign(figures, {
    stops,
    stoppedHoldingTheLock: held,
    scrapes: scrapes.length,
    scrapeMs: {
      median: rounded(scrapes[Math.floor(scrapes.length / 2)]),
      p99: rounded(scrapes[Math.floor(scrapes.length * 0.99)]),
      slowest: rounded(scrapes.at(-1)),
    },
    firstNewSeriesWaitedMs: rounded(waited),
    furtherOnesWaitedMs: rounded(waitedLater),
  });
  for (const writer of writers) await writer.kill();
});

/** Creates and removes series all the time, and updates a histogram in between. */
async function change(client) {
  const churn = new client.Counter({ name: 'churn', help: 'H', labelNames: ['n', 'pid'] });
  const quarters = new client.Histogram({ name: 'quarters', help: 'H' });
  const turn = () => {
    for (let number = 0; number < 50; number += 1) {
      const labels = { n: number, pid: process.pid };
      churn.inc(labels);
      quarters.observe(0.25);
      churn.remove(labels);
    }
    setImmediate(turn);
  };
  turn();
}

function rounded(milliseconds) {
  return Math.round(10 * milliseconds) / 10;
}
