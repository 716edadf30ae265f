// The suite itself is checked: it must detect wrong values.
import test from 'ava';
import { parse } from '../../examples/demo/exposition.mjs';
import { Consistency } from './support/consistency.mjs';
import { METRICS } from './support/metrics.mjs';
import { run } from './support/run';
import { complaints, type Totals } from './support/totals.mjs';

test.serial('careless updates of cells are found inconsistent', async (t) => {
  const report = await run<Totals>(t, 'application.mjs', {
    given: { isCareless: true },
    // Only typed-array stores can be careless.
    environment: { MPMETRICS_TIER: '' },
  });
  t.regex(report.after.wrong.join('\n'), /quarters has a sum of [\d.]+ and a count of \d+/);
});

test('a lost update, or a doubled one, is detected in every metric that counts', async (t) => {
  const report = await run<Totals>(t, 'application.mjs', {
    given: { kind: 'fork', updates: 100 },
  });
  t.deepEqual(complaints(report), []);
  const shares = report.live.flatMap((isolate) => isolate.shares);
  const right = shares.map(({ updates }) => updates);
  for (const change of [1, -1]) {
    // One whole turn: the writers report one update more, or one less, of each metric than the page shows.
    shares.forEach((share, index) => (share.updates = right[index]! + change * METRICS.length));
    const noticed = complaints(report).join('\n');
    // These metrics do not count.
    const silent = new Set(['gauge_omit', 'info_info', 'states']);
    for (const { name } of METRICS) t.is(noticed.includes(name), !silent.has(name), name);
  }
});

const PAGES = {
  'a counter that goes back': [counter(3), counter(2)],
  'a series that vanishes': [counter(3), '\n'],
  'a series that is there twice': ['# HELP c x\n# TYPE c counter\nc 1\nc 1\n'],
  'buckets that go down': [histogram({ low: 3, infinite: 2, count: 2, sum: 0.5 })],
  'a count that is not that of +Inf': [histogram({ low: 2, infinite: 2, count: 3, sum: 0.75 })],
  'a sum that is not that of its count': [histogram({ low: 2, infinite: 2, count: 2, sum: 0.75 })],
};

for (const [what, pages] of Object.entries(PAGES)) {
  test(`a reader detects ${what}`, (t) => {
    const consistency = new Consistency();
    const wrong: unknown[] = [];
    for (const page of pages) {
      try {
        wrong.push(...consistency.check(parse(page)));
      } catch (error) {
        wrong.push(error);
      }
    }
    t.is(wrong.length, 1);
  });
}

function counter(value: number): string {
  return `# HELP c x\n# TYPE c counter\nc ${value}\n`;
}

function histogram(of: { low: number; infinite: number; count: number; sum: number }): string {
  return [
    '# HELP quarters x',
    '# TYPE quarters histogram',
    `quarters_bucket{le="0.25"} ${of.low}`,
    `quarters_bucket{le="+Inf"} ${of.infinite}`,
    `quarters_sum ${of.sum}`,
    `quarters_count ${of.count}\n`,
  ].join('\n');
}
