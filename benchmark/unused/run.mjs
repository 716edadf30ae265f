// Unused features: the cost of removal, collectors, exemplars and default labels for updates that do not use them.
import { fileURLToPath } from 'node:url';
import { alternate, median, sample } from '../tools/samples.mjs';
import { atMost, row } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('measure.cjs', import.meta.url));
/** The updates, and the features of other metrics in the process. */
const UPDATES = { inc: 'counter.inc()', incLabels: 'counter.inc({ 2 labels })' };
const OTHERS = {
  removal: 'where series of other metrics come and go',
  collectors: 'where other metrics have collectors, and scrapes run them',
  exemplars: 'where other metrics take exemplars',
  defaults: 'in a registry with default labels',
};
/** The possible difference of two equal runs. */
const NOISE = 1.1;

export const title =
  'unused: what features cost those who do not use them, as a share of the time without';

/** Measures, and returns the rows. There are no rivals, because each update is compared with itself. */
export default async function unused({ rounds = 3 } = {}) {
  const rows = [];
  for (const [update, what] of Object.entries(UPDATES)) {
    const take = (other) => () => sample(process.execPath, [program, update, other]);
    const names = ['nothing', ...Object.keys(OTHERS)];
    const samples = await alternate(
      Object.fromEntries(names.map((name) => [name, take(name)])),
      rounds,
    );
    const of = (name) => median(samples[name].map(({ nanoseconds }) => nanoseconds));
    rows.push(row(what, 'ns', { mpmetrics: of('nothing') }));
    for (const [name, where] of Object.entries(OTHERS)) {
      rows.push(row(`… ${where}`, '×', { mpmetrics: of(name) / of('nothing') }, atMost(NOISE)));
    }
  }
  return rows;
}
