// A scrape of a cluster: its time, and the pauses of the event loops.
import { fileURLToPath } from 'node:url';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { runtimes } from '../tools/runtimes.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atMost, faster, row, withinOf } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('program.cjs', import.meta.url));
const US = 'mpmetrics';
/** The normal delay of a timer of one millisecond. */
const NOISE = 0.5;

export const title = 'cluster: a scrape of 4 and of 16 workers with 10k counters and 1k histograms';

/** Measures, and returns the rows. */
export default async function cluster({ rounds = 3 } = {}) {
  await installRivals();
  const rows = [];
  for (const { version: node, node: runtime } of runtimes()) {
    const of = async (workers) => {
      const take = (client) => () => sample(runtime, [program, client, String(workers)]);
      const clients = [US, ...PROM_CLIENTS];
      return alternate(Object.fromEntries(clients.map((name) => [name, take(name)])), rounds);
    };
    const four = await of(4);
    const sixteen = await of(16);
    const time = medians(four, 'milliseconds');
    const longer = medians(sixteen, 'milliseconds');
    const add = (...parts) => rows.push({ ...row(...parts), node });
    const [prom, official] = PROM_CLIENTS;
    const stall = medians(four, 'workerStall');
    const rest = medians(four, 'restStall');
    add('4 workers', 'ms', time, faster(50, prom), faster(50, official));
    add('… each worker’s loop stands still for', 'ms', stall, atMost(rest[US] + NOISE));
    add('… the scraper’s loop stands still for', 'ms', medians(four, 'ownStall'), atMost(2));
    add('… a loop stands still when nobody scrapes', 'ms', rest);
    add('16 workers', 'ms', longer, withinOf(4, time[US], '4 workers'));
  }
  return rows;
}
