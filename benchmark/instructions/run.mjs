// Instructions of the core, counted by valgrind without noise. A higher count means more time.
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { build } from '../rust/run.mjs';
import { row, withinOf } from '../tools/targets.mjs';

const baseline = fileURLToPath(new URL('baseline.json', import.meta.url));
/** The allowed growth of a count. Another compiler makes as much of a difference. */
const SLACK = 1.05;

/** The scenarios of `../rust`: the name, and two repetition counts. The difference of the two runs is measured. */
const ROWS = [
  ['inc', 'a counter, native tier', 10_000, 60_000, 1],
  ['observe', 'a histogram, native tier', 10_000, 60_000, 1],
  ['series', 'a new series', 2_000, 12_000, 1],
  ['scrape', 'a scrape, each of 1000 counters', 2, 22, 1000],
  ['encode', '… its writing alone', 2, 22, 1000],
];

export const title = 'instructions: counted by valgrind';

/** Measures, and returns the rows. Without valgrind there are none. */
export default async function instructions() {
  if (spawnSync('valgrind', ['--version']).status !== 0) {
    process.stderr.write('  There is no valgrind here.\n');
    return [];
  }
  const program = await build();
  const known = JSON.parse(readFileSync(baseline, 'utf8'));
  const rows = [];
  for (const [scenario, what, few, many, each] of ROWS) {
    const counts = [await count(program, scenario, few), await count(program, scenario, many)];
    const mpmetrics = (counts[1] - counts[0]) / (many - few) / each;
    const target = withinOf(SLACK, known[scenario], `${known[scenario]}, the last count`);
    rows.push(row(what, 'instructions', { mpmetrics }, target));
  }
  return rows;
}

/** The instructions of the whole program. */
function count(program, scenario, times) {
  const args = ['--tool=callgrind', '--callgrind-out-file=/dev/null', program, 'mpmetrics'];
  return new Promise((resolve, reject) => {
    execFile('valgrind', [...args, scenario, String(times)], (error, _, said) => {
      const collected = /Collected : (\d+)/.exec(said);
      if (error || !collected) reject(error ?? new Error(said));
      else resolve(Number(collected[1]));
    });
  });
}
