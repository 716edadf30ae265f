// Churn: ten thousand processes, and then threads, start, count, and leave.
//
// Their counts stay, and no total ever goes back. At the end, the heap, its files, and the memory of the remaining
// processes are as large as after the first restarts.
import { readFileSync } from 'node:fs';
import { heapName, item, progress, short, times } from './support/item.mjs';
import { filesOf, heapsOf } from './support/files.mjs';
import { start } from '../../__test__/multiprocess/support/children.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

process.env.MPMETRICS_NAME = heapName;
const RESTARTS = times(40, 10_000);
/** The number of processes or threads at the same time. */
const SEATS = 4;
/** Restarts before the first measurement. */
const FIRST = Math.max(RESTARTS / 10, 2 * SEATS);
/** The allowed growth of resident memory. A short run ends while processes still warm up. */
const SLACK = short ? 0.5 : 0.1;

await item(async ({ figures, check }) => {
  const reader = start('fork', 'reader.mjs', { pause: 20 });
  await reader.next('ready');
  // A process that stays, and only counts.
  const resident = new Actor('fork');
  await resident.run(
    (client) => void new client.Counter({ name: 'lasting_total', help: 'H' }).inc(),
  );
  const client = await import('mpmetrics');
  const heap = client.open();
  // The largest number at the same time: from now on there is a slot, and an arena, for each.
  const crowd = Array.from({ length: SEATS }, () => new Actor('fork'));
  for (const one of crowd) await one.run(declare);
  for (const one of crowd) await one.leave();
  const program = new URL('support/churner.cjs', import.meta.url).href;
  let made = 0;
  for (const kind of ['fork', 'threads']) {
    const measure = () => ({
      heap: heap.info().bytes,
      used: heap.info().usedBytes,
      files: filesOf(heapsOf()).length,
      slots: heap.info().writers.length,
      readerRss: residentBytes(reader.pid),
      residentRss: residentBytes(resident.pid),
    });
    let before;
    let restarts = 0;
    const seat = async () => {
      while (restarts < RESTARTS) {
        restarts += 1;
        made += 1;
        const { code, signal } = await start(kind, program).ended;
        check(code === 0, `one of ${kind} ended with ${code ?? signal}`);
        if (restarts >= FIRST) before ??= measure();
        if (restarts % 500 === 0) progress(`${restarts} of ${RESTARTS} by ${kind}`);
      }
    };
    await Promise.all(Array.from({ length: SEATS }, seat));
    const after = measure();
    for (const [what, value] of Object.entries(after)) {
      const isMemory = what.endsWith('Rss');
      const most = isMemory ? before[what] * (1 + SLACK) : before[what];
      check(value <= most, `${kind}: ${what} went from ${before[what]} to ${value}`);
    }
    figures[kind] = { restarts, ...changes(before, after) };
  }
  const { samples, reads, wrong } = await reader.ask('end');
  await reader.ended;
  for (const fault of wrong) check(false, fault);
  const shown = new Map(samples);
  check(
    shown.get('churned_total') === made,
    `${shown.get('churned_total')} of ${made} are counted`,
  );
  check(shown.get('quarters_count') === made, `${shown.get('quarters_count')} of ${made} observed`);
  figures.reads = reads;
  await resident.leave();
});

/** Binds the series of the later processes and threads. */
function declare(client) {
  new client.Counter({ name: 'churned_total', help: 'H' });
  new client.Histogram({ name: 'quarters', help: 'H' });
  new client.Gauge({ name: 'present', help: 'H' }).set(0);
}

function residentBytes(pid) {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return 1024 * kib;
}

function changes(before, after) {
  return Object.fromEntries(
    Object.entries(after).map(([what, value]) => [what, `${before[what]} → ${value}`]),
  );
}
