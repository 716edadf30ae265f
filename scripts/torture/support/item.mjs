// The common parts of every item's program: its options, its checks, and its one line of output.
//
// Import this file before the package: it removes variables about heaps from the environment.
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

for (const name of Object.keys(process.env)) {
  if (name.startsWith('MPMETRICS') && name !== 'MPMETRICS_TIER') delete process.env[name];
}

const { values: asked } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    part: { type: 'string', default: '1' },
  },
});
const name = basename(process.argv[1], '.mjs');

/** Whether the run should take about a minute. */
export const short = asked.short;

/** The number of repetitions: in a short version, and in a long one, of which `--part` selects a part. */
export function times(inShort, inLong) {
  return short ? inShort : Math.ceil(inLong * Number(asked.part));
}

/** A name for a heap of this run. */
export const heapName = `torture-${name}-${process.pid}`;

/** The most faults that are reported. */
const MOST_FAULTS = 20;

/**
 * Runs an item, and prints one line of JSON: `{ item, passed, figures, faults }`. The exit code is 1 after a fault or
 * an error.
 *
 * @param {(report: { figures: Record<string, unknown>, check: (isRight: boolean, fault: string) => void }) => Promise<void>} work
 * puts its measurements into `figures`, and calls `check` with each condition and the fault if it is false
 */
export async function item(work) {
  const figures = {};
  const faults = [];
  let found = 0;
  const check = (isRight, fault) => {
    if (isRight) return;
    found += 1;
    if (faults.length < MOST_FAULTS) faults.push(fault);
  };
  const started = performance.now();
  try {
    await work({ figures, check });
  } catch (error) {
    check(false, error?.stack ?? String(error));
  }
  figures.seconds = Math.round((performance.now() - started) / 1000);
  const passed = found === 0;
  await new Promise((resolve) =>
    process.stdout.write(`${JSON.stringify({ item: name, passed, figures, faults })}\n`, resolve),
  );
  // Remaining handles of a failed run must not keep it alive.
  process.exit(passed ? 0 : 1);
}

/** Prints the progress of a long run on standard error. */
export function progress(text) {
  process.stderr.write(`${name}: ${text}\n`);
}

/** Reports a part that cannot run on this machine, so that it does not pass silently. */
export function unavailable(figures, what, why) {
  (figures.unavailable ??= {})[what] = why;
  progress(`NOT RUN: ${what}, since ${why}`);
}
