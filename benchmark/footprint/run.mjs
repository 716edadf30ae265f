// What importing mpmetrics costs a program: time to import, and memory in proportion to how many share it (Pss).
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const STARTS = 21;
const AIM = { importMilliseconds: 25, mebibytes: 3 };
const program = fileURLToPath(new URL('start.cjs', import.meta.url));

export const title = `footprint: medians of ${STARTS} starts with and ${STARTS} without, alternating`;

/** Measures, and returns the table to print. */
export default function footprint() {
  if (!existsSync('/proc/self/smaps_rollup')) {
    throw new Error('The footprint is read from /proc/self/smaps_rollup, which only Linux has.');
  }
  // The first start of each warms the file cache.
  start('without');
  start('with');
  const samples = { with: [], without: [] };
  for (let index = 0; index < STARTS; index += 1) {
    for (const kind of index % 2 ? ['with', 'without'] : ['without', 'with']) {
      samples[kind].push(start(kind));
    }
  }
  const column = (kind, key) => median(samples[kind].map((sample) => sample[key]));
  const rows = [
    ['import', 'ms', 'importMilliseconds', AIM.importMilliseconds],
    ['first counter, gauge and histogram', 'ms', 'firstMetricsMilliseconds', undefined],
    ['memory (Pss)', 'MiB', 'mebibytes', AIM.mebibytes],
  ];
  return rows.map(([measured, unit, key, aim]) => {
    const [without, withUs] = [column('without', key), column('with', key)];
    return { measured, unit, without, with: withUs, difference: withUs - without, aim };
  });
}

function start(kind) {
  const output = execFileSync(process.execPath, ['--expose-gc', program, kind], {
    env: { ...process.env, MPMETRICS_NAME: `bench-footprint-${process.pid}` },
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

function median(numbers) {
  return numbers.toSorted((first, second) => first - second)[Math.floor(numbers.length / 2)];
}
