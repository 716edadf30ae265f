// Python's mpmetrics, the origin of the idea, and prometheus_client in its mode for several processes, beside this
// package.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must, say } from '../../scripts/run.mjs';
import places from '../tools/places.cjs';
import { alternate, medians, sample } from '../tools/samples.mjs';
import { row } from '../tools/targets.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
const environment = join(places.root, 'build', 'benchmark', 'python');
const python = join(environment, 'bin', 'python');
const ours = fileURLToPath(new URL('../updates/measure.cjs', import.meta.url));

/** The Python scenarios, and the equivalent cases of `../updates`. */
const ROWS = [
  ['inc', 'inc', 'counter.inc()'],
  ['labels', 'labelsInc', 'counter.labels(a, b).inc()'],
  ['observe', 'observe', 'histogram.observe(v)'],
  ['summary', 'summary', 'summary.observe(v)'],
];

export const title = 'python: one update, beside the package of the same name';

/** Measures, and returns the rows. */
export default async function pythons({ rounds = 3 } = {}) {
  if (!existsSync(python)) {
    say('Installing the Python clients into build/benchmark/python');
    await must('python3', ['-m', 'venv', environment], { quiet: true });
    const requirements = join(folder, 'requirements.txt');
    await must(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { quiet: true });
  }
  const rows = [];
  for (const [scenario, name, what] of ROWS) {
    const take = (client) => () => sample(python, [join(folder, 'measure.py'), client, scenario]);
    const samples = await alternate(
      {
        mpmetrics: () => sample(process.execPath, ['--expose-gc', ours, 'mpmetrics', name]),
        'Python mpmetrics': take('mpmetrics'),
        prometheus_client: take('prometheus_client'),
      },
      rounds,
    );
    rows.push(row(what, 'ns', medians(samples, 'nanoseconds')));
  }
  return rows;
}
