// The kill storm: eight writers update every kind of metric as fast as they can. One after the other is killed and
// replaced, first with SIGKILL, then with terminate(), while a reader checks every scrape.
//
// At the end, the totals must equal the acknowledged updates, plus at most one for each kill. Half of the writers store
// directly and half by native calls, in one heap, unless MPMETRICS_TIER selects one tier.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapName, item, progress, times } from './support/item.mjs';
import { filesOf } from './support/files.mjs';
import { start } from '../../__test__/multiprocess/support/children.mjs';
import { complaints } from '../../__test__/multiprocess/support/totals.mjs';

const KILLS = times(40, 10_000);
const WRITERS = 8;
/** Writers that are ready to replace killed ones: as many as start at the same time. */
const SPARES = 6;
/** The metrics distinguish four writers. */
const NUMBERS = 4;
/** The limit of series. One metric has more label values, so its overflow series counts. */
const LIMIT = 30;
/** The longest pause between two kills, in milliseconds. */
const PAUSE = 4;
const TIERS = process.env.MPMETRICS_TIER ? [process.env.MPMETRICS_TIER] : ['direct', 'native'];

// Each writer reports its limit once, which need not be printed.
process.env.NODE_NO_WARNINGS = '1';

await item(async ({ figures, check }) => {
  for (const [kind, word] of [
    ['spawn', 'SIGKILL'],
    ['threads', 'terminate'],
  ]) {
    process.env.MPMETRICS_NAME = `${heapName}-${word}`;
    const report = await storm(kind, word);
    for (const fault of complaints(report)) check(false, `${word}: ${fault}`);
    const { reads, slowest, heaps, samples } = report.after;
    const overflow = new Map(samples).get('exploding_total{otel_metric_overflow="true"}') ?? 0;
    check(overflow > 0, `${word}: no overflow series has counted`);
    check(heaps.length === 1, `${word}: the writers have met in ${heaps.length} heaps`);
    check(filesOf(heaps).length === 0, `${word}: ${filesOf(heaps)} are left`);
    figures[word] = {
      kills: report.slack,
      acknowledged: report.acknowledged,
      overflow,
      reads,
      slowestReadMs: Math.round(slowest),
    };
  }
  figures.tiers = TIERS.join(' and ');
});

/** Kills and replaces, and returns the acknowledged updates and the reads. */
async function storm(kind, word) {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const acknowledgements = join(folder, 'acknowledgements');
  writeFileSync(acknowledgements, new Float64Array(WRITERS + KILLS));
  const reader = start('fork', 'reader.mjs', { pause: 5 });
  await reader.next('ready');

  const writer = new URL('storm-writer.mjs', new URL('support/', import.meta.url)).href;
  let begun = 0;
  const spare = () => {
    // The direct tier is the default, so "direct" is no value of the variable.
    const tier = TIERS[begun++ % TIERS.length];
    const environment = { MPMETRICS_TIER: tier, MPMETRICS_SERIES_LIMIT: String(LIMIT) };
    const child = start(kind, writer, {}, { environment });
    return { child, ready: child.next('ready') };
  };
  const spares = Array.from({ length: SPARES }, spare);
  let rows = 0;
  /** Lets a spare writer write, and starts another one. */
  const replace = async () => {
    const { child, ready } = spares.shift();
    spares.push(spare());
    await ready;
    const share = { writer: rows % NUMBERS, row: rows++ };
    child.send({ order: 'go', ...share, acknowledgements });
    return { child, share, started: child.next('started') };
  };
  const present = [];
  while (present.length < WRITERS) present.push(await replace());

  const gone = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const place = kill % WRITERS;
    const { child, share, started } = present[place];
    await started;
    // At a random moment.
    await sleep(PAUSE * Math.random());
    const ended = child.kill();
    gone.push(share);
    present[place] = await replace();
    await ended;
    if (kill % 500 === 499) progress(`${kill + 1} of ${KILLS} by ${word}`);
  }
  const crew = present.map(({ child }) => child);
  await Promise.all(present.map(({ started }) => started));
  for (const child of crew) child.send({ order: 'stop' });
  await Promise.all(crew.map((child) => child.next('done')));
  const rest = await Promise.all(spares.map(async ({ child, ready }) => (await ready, child)));
  for (const child of rest) child.send({ order: 'leave' });
  await Promise.all(rest.map(({ ended }) => ended));

  const counts = new Float64Array(Uint8Array.from(readFileSync(acknowledgements)).buffer);
  const shareOf = ({ writer: number, row }) => ({ writer: number, updates: counts[row] });
  const live = present.map(({ child, share }) => ({ pid: child.pid, shares: [shareOf(share)] }));
  const during = await reader.ask('look');
  for (const child of crew) child.send({ order: 'leave' });
  await Promise.all(crew.map(({ ended }) => ended));
  const after = await reader.ask('end');
  await reader.ended;
  const acknowledged = counts.reduce((sum, count) => sum + count);
  return { during, after, live, dead: gone.map(shareOf), slack: KILLS, acknowledged };
}
