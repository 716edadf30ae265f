// Every item of `npm run torture`, in its short version: the promises of docs/RELIABILITY.md, tried for some seconds each.
import test from 'ava';
import { ITEMS, runItem } from '../scripts/torture.mjs';

/** They break what is below the tiers, or take the one that they are about: once is enough. */
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
