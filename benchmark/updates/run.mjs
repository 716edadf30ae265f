// One update of each kind, in nanoseconds. Our client and the rivals take turns, each in a new process for each row.
import { fileURLToPath } from 'node:url';
import { installRivals, PROM_CLIENTS } from '../tools/rivals.mjs';
import { runtimes } from '../tools/runtimes.mjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atMost, faster, row, within } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('measure.cjs', import.meta.url));
const CLIENTS = ['mpmetrics', ...PROM_CLIENTS, '@opentelemetry/sdk-metrics'];
const [PROM, OFFICIAL] = PROM_CLIENTS;

/** The rows: the case of `cases.cjs`, its name, and its targets. */
const ROWS = [
  ['nothing', 'an empty loop'],
  ['inc', 'counter.inc()', within(2.5, PROM), faster(3, OFFICIAL)],
  ['incFraction', 'counter.inc(0.5)', within(2.5, PROM)],
  ['held', 'held child .inc()', faster(20, OFFICIAL)],
  ['held16', '16 held children in turn, .inc()', faster(20, OFFICIAL)],
  ['incLabels', 'counter.inc({ 2 labels })', faster(3, OFFICIAL)],
  ['incFew', 'counter.inc({ method, code }), 4 × 4', atMost(25), faster(4, OFFICIAL)],
  ['incRoutes', 'counter.inc({ 3 labels }), 50 routes', faster(6, OFFICIAL)],
  ['labelsInc', 'counter.labels(a, b).inc()', faster(5, OFFICIAL)],
  ['set', 'gauge.set(v)'],
  ['observe', 'histogram.observe(v)', faster(12, PROM)],
  ['observeNative', 'histogram.observe(v), sparse and classic buckets', atMost(30)],
  ['observeLabels', 'histogram.observe({ 2 labels }, v)', faster(8, PROM)],
  ['observeFew', 'histogram.observe({ 2 labels }, v), 4 × 4', faster(12, PROM)],
  ['summary', 'summary.observe(v)', faster(50, PROM)],
  ['summaryWindows', 'summary.observe(v), 5 windows', faster(10, PROM)],
  ['timed', 'a timed async method, over the bare one', atMost(250)],
  ['exemplar', 'counter.inc() with an exemplar', atMost(300)],
  ['exemplarObserve', 'histogram.observe() with an exemplar', atMost(300)],
];

export const title = 'updates: nanoseconds a call, label values changing from call to call';

/** Measures, and returns the rows. */
export default async function updates({ rounds = 3 } = {}) {
  await installRivals();
  const rows = [];
  for (const { version, node } of runtimes()) {
    for (const [name, what, ...targets] of ROWS) {
      const take = (client) => () => sample(node, ['--expose-gc', program, client, name]);
      const contestants = Object.fromEntries(CLIENTS.map((client) => [client, take(client)]));
      const values = medians(await alternate(contestants, rounds), 'nanoseconds');
      rows.push({ ...row(what, 'ns', values, ...targets), node: version });
    }
  }
  return rows;
}
