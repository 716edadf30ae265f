// The reports about metrics that processes declare differently.

import test from 'ava';
import { ConflictReports, type Declarations } from '../src/heap/conflicts';

/** The warnings that `act` leads to. */
async function warnings(act: () => void): Promise<string[]> {
  const found: string[] = [];
  const note = (warning: Error): void => void found.push(warning.message);
  process.on('warning', note);
  act();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  return found;
}

const conflicting: Declarations = {
  native: { conflicted: () => true },
  rival: () => 'declaration',
};

test.serial('a metric is reported once', async (t) => {
  const reports = new ConflictReports();
  const found = await warnings(() => reports.declared('once_total', 1, conflicting));
  t.is(found.length, 1);
  t.regex(found[0] ?? '', /^The metric once_total has another type/);
  t.deepEqual(await warnings(() => reports.declared('once_total', 1, conflicting)), []);
});

test.serial('a metric without room is reported when it is declared again', async (t) => {
  const reports = new ConflictReports();
  t.deepEqual(await warnings(() => reports.declared('late_total', null, conflicting)), []);
  const found = await warnings(() => reports.declared('late_total', 1, conflicting));
  t.is(found.length, 1);
});
