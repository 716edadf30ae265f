// A new series: the time of its first update, by the number of existing series.
import { fileURLToPath } from 'node:url';
import { installRivals } from '../tools/rivals.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atMost, row } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('measure.cjs', import.meta.url));
const CLIENTS = ['mpmetrics', 'prom-client', '@prometheus-io/client'];

export const title = 'series: the first update of a new series, by how many there are';

/** Measures, and returns the rows. */
export default async function series({ rounds = 3 } = {}) {
  await installRivals();
  const rows = [];
  for (const before of [1_000, 100_000, 1_000_000]) {
    const take = (client) => () =>
      sample(process.execPath, ['--expose-gc', program, client, String(before)]);
    const clients = before > 100_000 ? ['mpmetrics'] : CLIENTS;
    const contestants = Object.fromEntries(clients.map((client) => [client, take(client)]));
    const samples = await alternate(contestants, rounds);
    const there = `behind ${before.toLocaleString('en-US')}`;
    rows.push(row(`${there}, median`, 'µs', medians(samples, 'median'), atMost(5)));
    const p99 = before === 1_000 ? [atMost(10)] : [];
    rows.push(row(`${there}, 99th percentile`, 'µs', medians(samples, 'p99'), ...p99));
  }
  return rows;
}
