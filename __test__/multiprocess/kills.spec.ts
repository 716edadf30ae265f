// The same with writers that are killed at any moment and replaced. Every acknowledged update is counted, and at most
// one more for each kill.
import test from 'ava';
import { run } from './support/run';
import { complaints, type Totals } from './support/totals.mjs';

const KILLS = 16;

const SETUPS = {
  threads: 'worker threads that are terminated',
  fork: 'forked processes under SIGKILL',
  cluster: 'cluster workers under SIGKILL',
  spawn: 'spawned processes under SIGKILL',
};

for (const [kind, name] of Object.entries(SETUPS)) {
  test.serial(`${name}: no acknowledged update is lost`, async (t) => {
    const report = await run<Totals>(t, 'application.mjs', { given: { kind, kills: KILLS } });
    t.deepEqual(complaints(report), []);
    t.is(report.dead.length, KILLS);
    t.is(report.after.heaps.length, 1, 'they have met in one heap');
    t.log(`${KILLS} kills, ${report.after.reads} reads`);
  });
}
