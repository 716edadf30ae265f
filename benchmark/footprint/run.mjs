// The cost of the import: time, and memory divided among the processes that share it (Pss).
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { runtimes } from '../tools/runtimes.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atMost, row } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('start.cjs', import.meta.url));
/** The allowed difference from prom-client for an import, in milliseconds. */
const MORE = 10;
const MEBIBYTES = 3;
const FIRST_MILLISECONDS = 4;

export const title = 'footprint: what importing costs, medians of starts in turn';

/** Measures, and returns the rows. */
export default async function footprint({ quick = false } = {}) {
  if (!existsSync('/proc/self/smaps_rollup')) {
    throw new Error('The footprint is read from /proc/self/smaps_rollup, which only Linux has.');
  }
  await installRivals();
  const rows = [];
  for (const { version: node, node: runtime } of runtimes()) {
    const take = (client) => () => sample(runtime, ['--expose-gc', program, client]);
    const clients = ['none', 'mpmetrics', ...PROM_CLIENTS];
    const contestants = Object.fromEntries(clients.map((client) => [client, take(client)]));
    // The first start of each warms the file cache.
    await alternate(contestants, 1);
    const samples = await alternate(contestants, quick ? 5 : 11);
    const { none: _, ...imported } = medians(samples, 'imported');
    const { none: __, ...first } = medians(samples, 'first');
    const { none, ...all } = medians(samples, 'mebibytes');
    const memory = Object.fromEntries(
      Object.entries(all).map(([client, mebibytes]) => [client, mebibytes - none]),
    );
    const limit = Math.round(imported['prom-client'] + MORE);
    rows.push({ ...row('import', 'ms', imported, atMost(limit)), node });
    const what = 'first counter, gauge and histogram';
    rows.push({ ...row(what, 'ms', first, atMost(FIRST_MILLISECONDS)), node });
    rows.push({ ...row('memory (Pss)', 'MiB', memory, atMost(MEBIBYTES)), node });
  }
  return rows;
}
