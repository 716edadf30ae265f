// Every metric in every set-up: four writers, 100,000 updates each, totals exact, every read consistent.
import test from 'ava';
import { run } from './support/run';
import { complaints, type Totals } from './support/totals.mjs';

const UPDATES = 100_000;

const SETUPS = {
  thread: 'one thread',
  threads: 'worker threads',
  fork: 'child_process.fork',
  cluster: 'a cluster',
  spawn: 'child_process.spawn',
};

for (const [kind, name] of Object.entries(SETUPS)) {
  test.serial(`${name}: four writers, one total`, async (t) => {
    const report = await run<Totals>(t, 'application.mjs', { given: { kind, updates: UPDATES } });
    t.deepEqual(complaints(report), []);
    t.is(report.after.heaps.length, 1, 'they have met in one heap');
    t.log(`${report.after.reads} reads`);
  });
}
