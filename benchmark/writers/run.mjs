// Several writers on one series: two writers should make twice as many updates as one.
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { atLeast, row } from '../tools/targets.mjs';

const program = fileURLToPath(new URL('program.cjs', import.meta.url));
const WAYS = ['processes', 'threads', 'atomics'];

export const title = 'writers: several writers on one series, updates a microsecond in all';

/** The plot of the rows in the document: updates by writers. */
export const plot = {
  file: 'scaling-by-processes',
  title: 'Updates of one series by the number of writers',
  x: 'writers',
  y: 'updates / µs',
  of: ({ writers }) => writers,
};

/** Measures, and returns the rows. */
export default async function scaling({ rounds = 5 } = {}) {
  const counts = [1, 2, 4];
  const contestants = {};
  for (const how of WAYS) {
    for (const count of counts) {
      const args = [program, how, String(count)];
      contestants[`${how} ${count}`] = () => sample(process.execPath, args);
    }
  }
  const rates = medians(await alternate(contestants, rounds), 'rate');
  const rows = counts.map((count) => {
    const values = {
      mpmetrics: rates[`processes ${count}`],
      'mpmetrics, threads': rates[`threads ${count}`],
      'shared atomics': rates[`atomics ${count}`],
    };
    return Object.assign(row(`${count} writing`, '1/µs', values), { writers: count });
  });
  const linear = (how) => rates[`${how} 2`] / Math.min(2, cpus().length) / rates[`${how} 1`];
  const values = {
    mpmetrics: linear('processes'),
    'mpmetrics, threads': linear('threads'),
    'shared atomics': linear('atomics'),
  };
  return [...rows, row('2 writing, of what twice 1 would be', '', values, atLeast(0.9))];
}
