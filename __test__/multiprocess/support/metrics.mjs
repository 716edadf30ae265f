// The table of metrics of the multi-process suite: for each metric its updates by a writer, and the check of its total.
//
// An entry in this table tests another metric in every set-up, in both tiers and under kills.

/**
 * @typedef {object} Share the updates of one metric by one writer
 * @property {number} writer its number, 0 to 3
 * @property {number} updates the number of updates
 *
 * @typedef {object} Run the updates of one metric by all writers
 * @property {{ pid: number, shares: Share[] }[]} live the live isolates, and the writers in each, in the order
 * of their updates
 * @property {Share[]} dead the ended writers, with their acknowledged updates
 * @property {number} slack the most updates without acknowledgement: one for each kill
 *
 * @typedef {Map<string, number>} Samples values by name and labels, as printed
 *
 * @typedef {object} Entry
 * @property {string} name
 * @property {(client: typeof import('../../../index')) => any} make
 * @property {(metric: any, turn: number, writer: number) => void} update
 * @property {(samples: Samples, run: Run) => string[]} verify returns the errors of the totals
 */

const BUCKETS = [0.25, 0.5, 1, 2];
/** Values with an exact sum in any order. */
const VALUES = [0.25, 0.5, 2, 4];
/** Values of the label with too many of them. */
const EXPLODING = 100;
const help = 'For the multi-process suite';

/** @type {Entry[]} */
export const METRICS = [
  {
    name: 'plain_total',
    make: ({ Counter }) => new Counter({ name: 'plain_total', help }),
    update: (counter) => counter.inc(),
    verify: (samples, run) => total(samples, 'plain_total', run, updated(run)),
  },
  {
    name: 'labelled_total',
    make: ({ Counter }) => new Counter({ name: 'labelled_total', help, labelNames: ['a', 'b'] }),
    update: (counter, turn) => counter.inc({ a: turn % 3, b: 'x' }, 2),
    verify: (samples, run) =>
      [0, 1, 2].flatMap((label) =>
        total(samples, `labelled_total{a="${label}",b="x"}`, run, every(run, 3, label), 2),
      ),
  },
  {
    name: 'held_total',
    make: ({ Counter }) =>
      new Counter({ name: 'held_total', help, labelNames: ['a'] }).labels('held'),
    update: (child) => child.inc(0.5),
    verify: (samples, run) => total(samples, 'held_total{a="held"}', run, updated(run), 0.5),
  },
  {
    // In the kill storm, the limit of series is lower than the number of values.
    name: 'exploding_total',
    make: ({ Counter }) => new Counter({ name: 'exploding_total', help, labelNames: ['id'] }),
    update: (counter, turn) => counter.inc({ id: turn % EXPLODING }),
    verify: (samples, run) => sumOverFamily(samples, 'exploding_total', run, updated(run)),
  },
  {
    name: 'exploding',
    make: ({ Histogram }) =>
      new Histogram({ name: 'exploding', help, labelNames: ['id'], buckets: [1], native: true }),
    update: (histogram, turn) => histogram.observe({ id: turn % EXPLODING }, VALUES[turn % 4]),
    verify: (samples, run) => sumOverFamily(samples, 'exploding_count', run, updated(run)),
  },
  {
    // A histogram of this name observes only 0.25: the reader checks sum = 0.25 × count at every read.
    name: 'quarters',
    make: ({ Histogram }) => new Histogram({ name: 'quarters', help }),
    update: (histogram) => histogram.observe(0.25),
    verify: (samples, run) => [
      ...total(samples, 'quarters_count', run, updated(run)),
      ...total(samples, 'quarters_sum', run, updated(run), 0.25),
      ...total(samples, 'quarters_bucket{le="0.25"}', run, updated(run)),
    ],
  },
  {
    name: 'mixed',
    make: ({ Histogram }) =>
      new Histogram({ name: 'mixed', help, labelNames: ['a'], buckets: BUCKETS }),
    update: (histogram, turn) => histogram.observe({ a: 'x' }, VALUES[turn % 4]),
    verify: (samples, run) => {
      const counts = VALUES.map((_, index) => every(run, 4, index));
      const below = (bound) =>
        counts.reduce((all, count, index) => all + (VALUES[index] <= bound ? count : 0), 0);
      const sum = counts.reduce((all, count, index) => all + count * VALUES[index], 0);
      return [
        ...BUCKETS.flatMap((bound) =>
          total(samples, `mixed_bucket{le="${bound}",a="x"}`, run, below(bound)),
        ),
        ...total(samples, 'mixed_count{a="x"}', run, updated(run)),
        // An update without acknowledgement may have had the largest value each time.
        ...total(samples, 'mixed_sum{a="x"}', { slack: 4 * run.slack }, sum),
      ];
    },
  },
  {
    name: 'quarters_summary',
    make: ({ Summary }) => new Summary({ name: 'quarters_summary', help, percentiles: [0.5] }),
    update: (summary) => summary.observe(0.25),
    verify: (samples, run) => [
      ...total(samples, 'quarters_summary_count', run, updated(run)),
      ...total(samples, 'quarters_summary_sum', run, updated(run), 0.25),
      // All values are 1, and the promise is 1 %.
      ...total(samples, 'quarters_summary{quantile="0.5"}', { slack: 0.005 }, 0.2475),
    ],
  },
  {
    name: 'info_info',
    make: ({ Info }) => new Info({ name: 'info', help }),
    // Another value is a new series and a removal, so the test sets it rarely.
    update: (info, turn, writer) => {
      if (turn % 500 === 0) info.info({ turn: turn % 3, writer });
    },
    verify: (samples) => one(samples, 'info_info', /^info_info\{turn="[0-2]",writer="[0-3]"\}$/),
  },
  {
    name: 'states',
    make: ({ Enum }) => new Enum({ name: 'states', help, states: ['a', 'b', 'c'] }),
    update: (states, turn) => states.state('abc'[turn % 3]),
    verify: (samples) => one(samples, 'states', /^states\{states="[abc]"\}$/),
  },
  gauge('sum', 'inc', (run) => sumOf(run.live.flatMap(({ shares }) => shares))),
  gauge('min', 'set', (run) => Math.min(...held(run))),
  gauge('max', 'set', (run) => Math.max(...held(run))),
  gauge(
    'average',
    'set',
    (run) => held(run).reduce((sum, value) => sum + value) / held(run).length,
  ),
  {
    ...gauge('first', 'set'),
    // The order of arrival decides which writer has the lowest slot.
    verify: (samples, run) => {
      if (run.live.length === 0) return gone(samples, 'gauge_first');
      const [value, allowed] = [samples.get('gauge_first'), held(run)];
      return allowed.includes(value) ? [] : [`gauge_first is ${value}, not of ${allowed}`];
    },
  },
  {
    ...gauge('omit', 'set'),
    // Shown only while a single writer has it.
    verify: (samples, run) => {
      if (run.live.length === 0) return gone(samples, 'gauge_omit');
      return run.live.length > 1
        ? [...samples.keys()].filter((key) => key === 'gauge_omit')
        : total(samples, 'gauge_omit', { slack: 0 }, held(run)[0]);
    },
  },
  {
    ...gauge('shared', 'inc'),
    // One value that all add to. It outlives them.
    verify: (samples, run) => total(samples, 'gauge_shared', run, updated(run)),
  },
  {
    ...gauge('all', 'inc'),
    verify: (samples, run) => {
      const expected = {};
      for (const { pid, shares } of run.live) {
        const key = `gauge_all{pid="${pid}"}`;
        expected[key] = (expected[key] ?? 0) + sumOf(shares);
      }
      const shown = [...samples].filter(([key]) => key.startsWith('gauge_all'));
      return [
        ...Object.entries(expected).flatMap(([key, value]) =>
          total(samples, key, { slack: 0 }, value),
        ),
        ...shown.filter(([key]) => !(key in expected)).map(([key]) => `${key} is shown`),
      ];
    },
  },
];

/** A gauge that each writer increments, or sets to an increasing number of its own. */
function gauge(aggregator, does, expected) {
  const name = `gauge_${aggregator}`;
  return {
    name,
    make: ({ Gauge }) => new Gauge({ name, help, aggregator }),
    update: (metric, turn, writer) => {
      if (does === 'inc') metric.inc();
      else metric.set(valueOf(writer, turn + 1));
    },
    // Dead writers do not count.
    verify: (samples, run) =>
      run.live.length > 0 ? total(samples, name, { slack: 0 }, expected(run)) : gone(samples, name),
  };
}

/** The value of a writer's gauge after so many updates. */
function valueOf(writer, updates) {
  return writer * 1e6 + updates;
}

/** The values of the gauges of live isolates: the last value set in each. */
function held({ live }) {
  return live.map(({ shares }) => valueOf(shares.at(-1).writer, shares.at(-1).updates));
}

/** Without a live writer a gauge is not shown. It is 0 if another live process has declared it. */
function gone(samples, name) {
  const value = samples.get(name);
  return value === undefined || value === 0 ? [] : [`${name} is ${value}, expected none`];
}

function sumOf(shares) {
  return shares.reduce((sum, { updates }) => sum + updates, 0);
}

function everyone({ live, dead }) {
  return [...live.flatMap(({ shares }) => shares), ...dead];
}

/** Updates by all writers. */
function updated(run) {
  return sumOf(everyone(run));
}

/** Updates by all writers whose turn has that remainder. */
function every(run, divisor, remainder) {
  const counts = everyone(run).map(({ updates }) => Math.ceil((updates - remainder) / divisor));
  return counts.reduce((sum, count) => sum + Math.max(count, 0), 0);
}

/** One sample of the family is 1: the last value set. */
function one(samples, name, pattern) {
  const said = [...samples].filter(([key, value]) => key.startsWith(`${name}{`) && value === 1);
  return said.length === 1 && pattern.test(said[0][0])
    ? []
    : [`${name} says ${JSON.stringify(said)}`];
}

/** Compares the sum over all series of a family with the number of updates. */
function sumOverFamily(samples, name, run, updates) {
  const own = [...samples].filter(([key]) => key.startsWith(`${name}{`));
  const sum = own.reduce((all, [, value]) => all + value, 0);
  return total(new Map([[name, sum]]), name, run, updates);
}

/** Compares a sample with the total of the updates. Updates without acknowledgement may be in it or not. */
function total(samples, key, { slack }, updates, size = 1) {
  const [value, least, most] = [samples.get(key), updates * size, (updates + slack) * size];
  if (value >= least && value <= most) return [];
  return [`${key} is ${value}, expected ${least === most ? least : `${least} to ${most}`}`];
}
