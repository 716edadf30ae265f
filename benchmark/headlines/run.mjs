// The headline figures: the rows of the first table of docs/PERFORMANCE.md, in its order, on the running Node.js.
import { fileURLToPath } from 'node:url';
import { further } from '../memory/run.mjs';
import { updateOf } from '../mixed/run.mjs';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { row } from '../tools/targets.mjs';

const US = 'mpmetrics';
/** The rivals of most users. The other benchmarks have more of them. */
const RIVALS = PROM_CLIENTS.slice(0, 2);
const BEST = 'best rival / mpmetrics';

/** A measurement by a program of another benchmark. */
const program =
  (file, ...args) =>
  (client) => {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    return sample(process.execPath, ['--expose-gc', path, client, ...args]);
  };
const update = (name) => program('updates/measure.cjs', name);

/** The measurements: a sample of a client, and the rows that it gives: name, unit, key of the sample. Memory hardly varies. */
const MEASUREMENTS = [
  [update('inc'), ['counter.inc()', 'ns', 'nanoseconds']],
  [update('held'), ['held child .inc()', 'ns', 'nanoseconds']],
  [update('incFew'), ['counter.inc({ method, code }), 4 × 4', 'ns', 'nanoseconds']],
  [update('incRoutes'), ['counter.inc({ 3 labels }), 50 routes', 'ns', 'nanoseconds']],
  [update('incLabels'), ['counter.inc({ 2 labels }), 16 × 16', 'ns', 'nanoseconds']],
  [update('observe'), ['histogram.observe(v)', 'ns', 'nanoseconds']],
  [update('observeFew'), ['histogram.observe({ 2 labels }, v), 4 × 4', 'ns', 'nanoseconds']],
  [updateOf, ['an update in a service’s request', 'ns', 'nanoseconds']],
  [program('cluster/program.cjs', '4'), ['a scrape of 4 workers', 'ms', 'milliseconds']],
  [
    program('scrape/measure.cjs', '50000', '5000'),
    ['a scrape of 50k counters and 5k histograms', 'ms', 'milliseconds'],
    ['making these series', 'ms', 'filled'],
  ],
  [program('scrape/measure.cjs', '100', '0'), ['a scrape of 100 counters', 'ms', 'milliseconds']],
  [
    program('series/measure.cjs', '1000'),
    ['a new series behind 1,000, median', 'µs', 'median'],
    ['… 99th percentile', 'µs', 'p99'],
  ],
  [
    program('footprint/start.cjs'),
    ['import', 'ms', 'imported'],
    ['first counter, gauge and histogram', 'ms', 'first'],
  ],
  [further('counters'), ['memory of a further counter, each of 4 workers', 'bytes', 'bytes']],
  [further('histograms'), ['… of a further histogram of 11 buckets', 'bytes', 'bytes']],
];

export const title = 'headlines: the first table of docs/PERFORMANCE.md';

/** Measures, and returns the rows. They have no targets, because the other benchmarks have the same rows with them. */
export default async function headlines({ rounds = 5, quick = false } = {}) {
  await installRivals();
  const rows = [];
  for (const [take, ...parts] of MEASUREMENTS) {
    const contestants = [US, ...RIVALS].map((client) => [client, () => take(client, { quick })]);
    const isSteady = parts.every(([, unit]) => unit === 'bytes');
    const samples = await alternate(Object.fromEntries(contestants), isSteady ? 1 : rounds);
    for (const [what, unit, key] of parts) {
      const values = medians(samples, key);
      const best = Math.min(...RIVALS.map((name) => values[name] ?? Infinity));
      rows.push(row(what, unit, { ...values, [BEST]: best / values[US] }));
    }
  }
  return rows;
}
