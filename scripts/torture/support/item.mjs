// What the program of every item is made of: what it is asked for, what it finds, and the one line that it prints.
//
// Import it before the package: it clears the environment of what somebody has said about heaps.
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

/** Whether a minute has to do. */
export const short = asked.short;

/** How often something is done: in a short version, and in a long one, of which `--part` may ask for a part. */
export function times(inShort, inLong) {
  return short ? inShort : Math.ceil(inLong * Number(asked.part));
}

/** A name for a heap of this run alone. */
export const heapName = `torture-${name}-${process.pid}`;

/** How many of the things that were found to be wrong are reported. */
const MOST_FAULTS = 20;

/**
 * Runs an item, and prints one line of JSON: `{ item, passed, figures, faults }`. The exit code is 1 if anything was
 * wrong, or thrown.
 *
 * @param {(report: { figures: Record<string, unknown>, check: (isRight: boolean, fault: string) => void }) => Promise<void>} work
 * puts what it measures into `figures`, and says with `check` what must be so
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
  // What is still there of a run that went wrong must not keep it.
  process.exit(passed ? 0 : 1);
}

/** Says on standard error how far a long run is. */
export function progress(text) {
  process.stderr.write(`${name}: ${text}\n`);
}

/** What an item reports that cannot be had on this machine: it says so, rather than pass in silence. */
export function unavailable(figures, what, why) {
  (figures.unavailable ??= {})[what] = why;
  progress(`NOT RUN: ${what}, since ${why}`);
}
