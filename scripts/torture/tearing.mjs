// Tearing: a thousand million reads against a writer at full speed, for every runtime with the direct tier.
//
// A read counts if it found a new value; crates/core/examples/tear.rs defines the checks. An incorrect writer must be
// detected too, as a proof of the reader.
import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { item, progress, short, times, unavailable } from './support/item.mjs';
import { runtimes } from './support/runtimes.mjs';

const READS = times(10_000_000, 1_000_000_000);
const SECONDS = short ? 5 : 4 * 3600;

await item(async ({ figures, check }) => {
  if (process.arch !== 'x64') return unavailable(figures, 'the direct tier', 'this is no x86-64');
  // This item tests the direct tier only.
  delete process.env.MPMETRICS_TIER;
  const control = await tear('--careless', '--reads', '100000', '--seconds', '20');
  check(control.torn > 0, 'a writer without care was not found out');
  figures.anotherRuntime = tierOfAnotherRuntime();
  check(figures.anotherRuntime === 'native', 'a runtime without evidence stores directly');
  const programs = short ? { thisOne: process.execPath } : runtimes();
  for (const [name, program] of Object.entries(programs)) {
    const limits = ['--reads', String(READS), '--seconds', String(SECONDS)];
    const seen = await tear('--runtime', program, ...limits, ...(short ? [] : ['--release']));
    const { version, tier, reads, copies, torn, odd, updates, seconds } = seen;
    check(tier === 'direct', `${name}: the tier is ${tier}`);
    check(torn === 0, `${name}: ${torn} are torn`);
    check(reads > 0 && copies > 0, `${name}: ${reads} reads, ${copies} copies`);
    check(short || reads >= READS, `${name}: only ${reads} reads in ${seconds} seconds`);
    figures[name] = { version, reads, copies, torn, odd, updates, seconds };
    progress(`${name}: ${reads} reads, ${torn} torn, in ${seconds} seconds`);
  }
});

/** The tier of an unknown runtime: this one, pretending to be another. */
function tierOfAnotherRuntime() {
  const code = `
    Object.defineProperty(process.versions, 'electron', { value: '1.0.0', enumerable: true });
    const { Counter } = require('mpmetrics');
    const counter = new Counter({ name: 'c', help: 'H' });
    counter.inc();
    console.log(counter[Symbol.for('mpmetrics.series')].unlabelled.family.attachment.tier);`;
  return execFileSync(process.execPath, ['-e', code]).toString().trim();
}

/** Runs scripts/tearing.mjs, and returns its result. */
function tear(...parameters) {
  const script = fileURLToPath(new URL('../tearing.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [script, ...parameters], (error, stdout, stderr) => {
      if (stdout === '') reject(new Error(stderr));
      else resolve(JSON.parse(stdout));
    });
  });
}
