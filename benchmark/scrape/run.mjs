// A scrape of one process: 50k counters and 5k histograms, and the time by the number of series.
import { fileURLToPath } from 'node:url';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { runtimes } from '../tools/runtimes.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { faster, row, within } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('measure.cjs', import.meta.url));
const CLIENTS = ['mpmetrics', ...PROM_CLIENTS, '@opentelemetry/sdk-metrics'];

export const title = 'scrape: one process with 50k counters and 5k histograms';

/** The plot of the rows in the document: time by series. */
export const plot = {
  file: 'scrape-by-series',
  title: 'A scrape by the number of series (counters, one process)',
  x: 'series',
  y: 'ms',
  of: ({ series }) => series,
};

/** Measures, and returns the rows. */
export default async function scrape({ rounds = 3 } = {}) {
  await installRivals();
  const rows = [];
  for (const { version: node, node: runtime } of runtimes()) {
    const of = async (counters, histograms) => {
      const args = [program, '', String(counters), String(histograms)];
      const take = (client) => () => sample(runtime, args.with(1, client));
      const contestants = Object.fromEntries(CLIENTS.map((client) => [client, take(client)]));
      return alternate(contestants, rounds);
    };
    const large = await of(50_000, 5_000);
    const targets = PROM_CLIENTS.map((client) => faster(15, client));
    rows.push({ ...row('a scrape', 'ms', medians(large, 'milliseconds'), ...targets), node });
    rows.push({ ...row('… the loop stands still for', 'ms', medians(large, 'stall')), node });
    const made = PROM_CLIENTS.map((client) => within(1.5, client));
    rows.push({ ...row('making the series', 'ms', medians(large, 'filled'), ...made), node });
    if (node !== process.version) continue;
    for (const series of [100, 1_000, 10_000, 100_000]) {
      const samples = await of(series, 0);
      const what = `a scrape of ${series.toLocaleString('en-US')} counters`;
      const first = series === 100 ? PROM_CLIENTS.map((client) => faster(1, client)) : [];
      const times = medians(samples, 'milliseconds');
      rows.push({ ...row(what, 'ms', times, ...first), node, series });
    }
  }
  return rows;
}
