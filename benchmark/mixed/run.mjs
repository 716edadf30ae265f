// Mixed use: many metrics at few call sites, with garbage. Shows whether the figures of single updates hold here.
import { fileURLToPath } from 'node:url';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { runtimes } from '../tools/runtimes.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { faster, row } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('program.cjs', import.meta.url));
const UPDATES = 9;

/** One sample of an update by that client: the request without metrics is subtracted. */
export async function updateOf(client) {
  const [own, none] = [
    await sample(process.execPath, [program, client]),
    await sample(process.execPath, [program, 'none']),
  ];
  return { ...own, nanoseconds: (own.nanoseconds - none.nanoseconds) / UPDATES };
}

export const title = 'mixed: requests with nine updates of 240 metrics, and garbage';

/** Measures, and returns the rows. */
export default async function mixed({ rounds = 3 } = {}) {
  await installRivals();
  const rows = [];
  for (const { version: node, node: runtime } of runtimes()) {
    const take = (client) => () => sample(runtime, [program, client]);
    const clients = ['none', 'mpmetrics', ...PROM_CLIENTS];
    const samples = await alternate(
      Object.fromEntries(clients.map((client) => [client, take(client)])),
      rounds,
    );
    const { none, ...requests } = medians(samples, 'nanoseconds');
    const update = Object.fromEntries(
      Object.entries(requests).map(([client, time]) => [client, (time - none) / UPDATES]),
    );
    const { none: _, ...garbage } = medians(samples, 'garbage');
    const [prom, official] = PROM_CLIENTS;
    rows.push({ ...row('a request', 'ns', { ...requests, 'no metrics': none }), node });
    rows.push({ ...row('… an update', 'ns', update, faster(4, prom), faster(4, official)), node });
    rows.push({ ...row('… collecting garbage', 'ns', garbage), node });
  }
  return rows;
}
