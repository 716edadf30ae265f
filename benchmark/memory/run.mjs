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

/** Fewer and more series: the difference of memory is that of further series. */
const FURTHER = [SERIES, 4 * SERIES];
const WORKERS = 4;

function take(client, counters, histograms) {
  const counts = [counters, histograms].map(String);
  const args = ['parent', client, String(WORKERS), ...counts];
  return sample(process.execPath, ['--expose-gc', program, ...args]);
}

/** A sample of the memory of a further series in each worker. A quick one has a quarter of the series. */
export const further =
  (kind) =>
  async (client, { quick = false } = {}) => {
    const counts = FURTHER.map((count) => (quick ? count / 4 : count));
    const samples = [];
    for (const count of counts) {
      samples.push(await take(client, ...(kind === 'counters' ? [count, 0] : [0, count])));
    }
    const failed = samples.find(({ error }) => error);
    const [few, many] = samples.map(({ mebibytes }) => mebibytes * 2 ** 20);
    return failed ?? { bytes: (many - few) / (counts[1] - counts[0]) / WORKERS };
  };

/** Measures, and returns the rows. */
export default async function memory({ rounds = 3, quick = false } = {}) {
  await installRivals();
  const clients = ['mpmetrics', ...PROM_CLIENTS];
  const of = (measure, names = clients) =>
    alternate(Object.fromEntries(names.map((name) => [name, () => measure(name)])), rounds);
  const counters = await of((client) => take(client, SERIES, 0));
  const bare = await of((client) => take(client, FEW, 0));
  const histograms = await of((client) => take(client, 0, SERIES / 10), ['mpmetrics']);
  const furtherOf = async (kind) =>
    medians(await of((client) => further(kind)(client, { quick })), 'bytes');
  const each = (samples, series, value) => ({
    mpmetrics: median(samples.mpmetrics.map((one) => value(one) / series)),
  });
  const whole = medians(counters, 'mebibytes');
  const empty = medians(bare, 'mebibytes');
  const grown = Object.fromEntries(
    clients.map((client) => [client, whole[client] - empty[client]]),
  );
  const first = ({ used, text }) => used[0] - text;
  const writers = ({ used }) => (used[3] - used[0]) / 3;
  return [
    row('a counter, over its label text', 'bytes', each(counters, SERIES, first), atMost(200)),
    row('… for each further writer', 'bytes', each(counters, SERIES, writers), atMost(64)),
    row(
      'a histogram of 11 buckets, for each further writer',
      'bytes',
      each(histograms, SERIES / 10, writers),
      atMost(2 * CACHE_LINE + BUCKET_BYTES),
    ),
    row('4 workers with 100,000 counters each (Pss)', 'MiB', whole, within(0.5, 'prom-client')),
    row('… over that of 4 without any', 'MiB', grown, within(0.5, 'prom-client')),
    row(
      'a further counter beyond 100,000, each of 4 workers (Pss)',
      'bytes',
      await furtherOf('counters'),
      within(0.5, 'prom-client'),
    ),
    row(
      '… a further histogram of 11 buckets (Pss)',
      'bytes',
      await furtherOf('histograms'),
      within(0.3, 'prom-client'),
    ),
  ];
}
