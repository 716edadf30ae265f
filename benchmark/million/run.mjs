// A million series, each bound by one of four processes: created, scraped, held.
import { fileURLToPath } from 'node:url';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atMost, row } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('program.cjs', import.meta.url));
const SERIES = 1_000_000;

export const title = 'million: 1,000,000 series, each bound by one of 4 processes';

/** Measures, and returns the rows. No rival can do this. */
export default async function million({ rounds = 3 } = {}) {
  const take = () => sample(process.execPath, [program, 'parent', '4', String(SERIES)]);
  const samples = await alternate({ mpmetrics: take }, rounds);
  const of = (key) => medians(samples, key);
  return [
    row('made', 's', of('made'), atMost(5)),
    row('… processor time of all', 's', of('processor')),
    row('scraped', 's', of('scraped'), atMost(1.5)),
    row('served over HTTP, to the last byte', 's', of('served'), atMost(1.5)),
    row('memory of all five processes (Pss)', 'MiB', of('mebibytes')),
  ];
}
