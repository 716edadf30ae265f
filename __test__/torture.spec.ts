// Every item of `npm run torture`, in its short version: some seconds for each promise of docs/RELIABILITY.md.
import test from 'ava';
import { ITEMS, runItem } from '../scripts/torture.mjs';

/** These items are independent of the tier, or choose their own, so one run is enough. */
const WITHOUT_TIER = new Set(['failpoints', 'fuzz', 'models', 'tearing']);

const isNative = process.env['MPMETRICS_TIER'] === 'native';

for (const item of ITEMS.filter((name) => !(isNative && WITHOUT_TIER.has(name)))) {
  test.serial(item, async (t) => {
    t.timeout(900_000);
    const report = await runItem(item, {
      isShort: true,
      onStart: (child) => t.teardown(() => child.kill('SIGKILL')),
    });
    t.log(JSON.stringify(report.figures));
    t.deepEqual(report.faults, []);
    t.true(report.passed);
  });
}
