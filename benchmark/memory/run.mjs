// Memory: bytes of the heap for each series, and the resident memory of a cluster, ours and the rivals'.
import { fileURLToPath } from 'node:url';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { alternate, median, medians, sample } from '../tools/samples.mjs';
import { atMost, row, within } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('program.cjs', import.meta.url));
const SERIES = 100_000;
/** One series for each family, so few that they do not matter. */
const FEW = 10;
/** Default buckets, `+Inf` included, of 8 bytes each. */
const BUCKET_BYTES = 12 * 8;
const CACHE_LINE = 64;

export const title = 'memory: bytes of heap a series, and four workers with 100,000 series each';

/** Measures, and returns the rows. */
export default async function memory({ rounds = 3 } = {}) {
  await installRivals();
  const take = (client, counters, histograms) => () =>
    sample(process.execPath, [
      '--expose-gc',
      program,
      'parent',
      client,
      '4',
      String(counters),
      String(histograms),
    ]);
  const clients = ['mpmetrics', ...PROM_CLIENTS];
  const counters = await alternate(
    Object.fromEntries(clients.map((client) => [client, take(client, SERIES, 0)])),
    rounds,
  );
  const bare = await alternate(
    Object.fromEntries(clients.map((client) => [client, take(client, FEW, 0)])),
    rounds,
  );
  const histograms = await alternate({ mpmetrics: take('mpmetrics', 0, SERIES / 10) }, 1);
  const each = (samples, series, of) => ({
    mpmetrics: median(samples.mpmetrics.map((one) => of(one) / series)),
  });
  const whole = medians(counters, 'mebibytes');
  const empty = medians(bare, 'mebibytes');
  const grown = Object.fromEntries(
    clients.map((client) => [client, whole[client] - empty[client]]),
  );
  const first = ({ used, text }) => used[0] - text;
  const further = ({ used }) => (used[3] - used[0]) / 3;
  return [
    row('a counter, over its label text', 'bytes', each(counters, SERIES, first), atMost(200)),
    row('… for each further writer', 'bytes', each(counters, SERIES, further), atMost(64)),
    row(
      'a histogram of 11 buckets, for each further writer',
      'bytes',
      each(histograms, SERIES / 10, further),
      atMost(2 * CACHE_LINE + BUCKET_BYTES),
    ),
    row('4 workers with 100,000 counters each (Pss)', 'MiB', whole, within(0.5, 'prom-client')),
    row('… over that of 4 without any', 'MiB', grown, within(0.5, 'prom-client')),
  ];
}
