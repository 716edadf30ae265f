// Quantiles of the whole application, compared with the true ones.

import test from 'ava';
import { run, type Report } from './multiprocess/support/run';

interface Quantiles extends Report {
  quantiles: { distribution: string; quantile: number; found: number; exact: number }[];
  counts: number[];
  recent: number[];
  old: number[];
}

const WRITERS = 4;

for (const [kind, count] of [
  ['threads', 250_000],
  ['fork', 20_000],
  ['cluster', 20_000],
  ['spawn', 20_000],
] as const) {
  test.serial(`${kind}: ${WRITERS} writers, ${WRITERS * count} values of each kind`, async (t) => {
    const given = { kind, writers: WRITERS, count };
    const { quantiles, counts, recent, old } = await run<Quantiles>(t, 'quantiles.mjs', { given });
    const wrong = quantiles.filter(
      ({ found, exact }) => !(Math.abs(found - exact) <= 0.01 * Math.abs(exact)),
    );
    t.deepEqual(wrong, []);
    const errors = quantiles
      .filter(({ exact }) => exact !== 0)
      .map(({ found, exact }) => Math.abs(found / exact - 1));
    t.log(`${quantiles.length} quantiles, at most ${(100 * Math.max(...errors)).toFixed(2)} % off`);
    t.deepEqual(counts, Array(8).fill(WRITERS * count));
    // One window for all, which all turn together: first it has all values, then none. Count and sum stay.
    const [least = 0, most = 0, ...totals] = recent;
    t.true(Math.abs(least - 1) <= 0.01 && Math.abs(most / WRITERS - 1) <= 0.01);
    t.deepEqual(totals, [500, 200]);
    t.deepEqual(old, [0, 0, 500, 200]);
  });
}
