// `mpmetrics/testing`: values, pages and rules, as tests want them.

import { execFileSync } from 'node:child_process';
import test from 'ava';
import { Counter, Enum, Gauge, Histogram, Info, register, Registry, Summary } from '../index';
import { expectText, isolate, lint, valueOf } from '../src/testing/testing';

const promtool = ((): boolean => {
  try {
    execFileSync('promtool', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

test('the value of one series', async (t) => {
  const registers = [new Registry()];
  const labelNames = ['a', 'b'];
  const counter = new Counter({ name: 'c_total', help: 'c', labelNames, registers });
  counter.inc({ a: 'x' }, 2);
  counter.inc({ a: 'x', b: 1 }, 3);
  t.is(await valueOf(counter, { a: 'x' }), 2);
  t.is(await valueOf(counter, { b: '1', a: 'x' }), 3);
  t.is(await valueOf(counter, { a: 'y' }), undefined);
  t.is(await valueOf(counter), undefined);
  const gauge = new Gauge({ name: 'g', help: 'g', registers });
  gauge.set(-1.5);
  t.is(await valueOf(gauge), -1.5);
});

test('valueOf() gives counts, sums and buckets of distributions', async (t) => {
  const registers = [new Registry()];
  const histogram = new Histogram({
    name: 'h_seconds',
    help: 'h',
    labelNames: ['a'],
    buckets: [1, 5],
    registers,
  });
  histogram.observe({ a: 'x' }, 0.5);
  histogram.observe({ a: 'x' }, 7);
  t.deepEqual(await valueOf(histogram, { a: 'x' }), {
    count: 2,
    sum: 7.5,
    buckets: { 1: 1, 5: 1, '+Inf': 2 },
  });
  t.is(await valueOf(histogram, { a: 'y' }), undefined);
  const summary = new Summary({ name: 's', help: 's', percentiles: [0.5], registers });
  summary.observe(3);
  t.deepEqual(await valueOf(summary), { count: 1, sum: 3, quantiles: { 0.5: 3 } });
});

test('infos and enums are read by their labels', async (t) => {
  const registers = [new Registry()];
  const info = new Info({ name: 'build_info', help: 'b', registers });
  info.info({ version: '1' });
  t.is(await valueOf(info, { version: '1' }), 1);
  const state = new Enum({ name: 'state', help: 's', states: ['up', 'down'], registers });
  state.state('up');
  t.is(await valueOf(state, { state: 'up' }), 1);
  t.is(await valueOf(state, { state: 'down' }), 0);
});

test.serial('isolation undoes the changes of a test', async (t) => {
  register.clear();
  const kept = new Counter({ name: 'kept_total', help: 'k' });
  const removed = new Counter({ name: 'removed_total', help: 'r' });
  kept.inc(5);
  const restore = isolate();
  t.is(await valueOf(kept), 0);
  kept.inc();
  new Counter({ name: 'own_total', help: 'o' }).inc();
  register.removeSingleMetric('removed_total');
  restore();
  t.deepEqual(register.getMetricsAsArray(), [kept, removed] as never[]);
  t.is(await valueOf(kept), 0);
  removed.inc();
  t.is(await valueOf(removed), 1);
  t.is(typeof restore[Symbol.dispose], 'function');
  register.clear();
});

test('the text of some families', async (t) => {
  const registry = new Registry();
  const labelNames = ['a'];
  const counter = new Counter({ name: 'c_total', help: 'c', labelNames, registers: [registry] });
  new Gauge({ name: 'other', help: 'o', registers: [registry] });
  counter.inc({ a: 'y' });
  counter.inc({ a: 'x' }, 2);
  const text = `
    # HELP c_total c
    # TYPE c_total counter
    c_total{a="x"} 2
    c_total{a="y"} 1
  `;
  await t.notThrowsAsync(expectText(registry, text));
  await t.notThrowsAsync(expectText(counter, text));
  const wrong = text.replace('} 2', '} 3');
  const error = await t.throwsAsync(expectText(registry, wrong), { name: 'AssertionError' });
  t.regex(error?.message ?? '', /c_total\{a="x"\} 3[^]*On the page:[^]*c_total\{a="x"\} 2/);
  await t.throwsAsync(expectText(registry, text, ['c_total', 'other']));
  await t.throwsAsync(expectText(registry, `${text}\n# TYPE missing gauge\nmissing 1`));
});

/** Metrics, and the problem of each. */
const WRONG: Record<string, [type: 'counter' | 'gauge' | 'histogram', ...problems: RegExp[]]> = {
  good_total: ['counter'],
  good_seconds: ['histogram'],
  good_bytes: ['gauge'],
  seconds_in_front: ['gauge'],
  meters: ['gauge'],
  no_suffix: ['counter', /must end in _total/],
  queue_total: ['gauge', /only the name of a counter/],
  wait_milliseconds: ['gauge', /should be seconds, .* not milliseconds/],
  age_minutes_total: ['counter', /should be seconds/],
  distance_kilometers: ['gauge', /should be meters/],
  wait_ms: ['gauge', /ms must be written in full/],
  size_kb_total: ['counter', /kb must be written in full/],
  jobs_gauge: ['gauge', /must not say the type: gauge/],
  wait_histogram_seconds: ['histogram', /must not say the type: histogram/],
  waitTime: ['gauge', /snake_case/],
  'level:wait': ['gauge', /colon/],
  some_bucket: ['gauge', /_bucket/],
  some_count: ['gauge', /_count/],
  some_sum: ['gauge', /_sum/],
  s: ['gauge'],
  ms_total: ['counter'],
};

test('rules: each breach is found, and nothing else', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  for (const [name, [type]] of Object.entries(WRONG)) {
    const configuration = { name, help: 'x', registers };
    if (type === 'counter') new Counter(configuration);
    else if (type === 'gauge') new Gauge(configuration);
    else new Histogram(configuration);
  }
  const found = await lint(registry);
  for (const [name, [, ...problems]] of Object.entries(WRONG)) {
    const own = found.filter(({ metric }) => metric === name).map(({ problem }) => problem);
    t.is(own.length, problems.length, `${name}: ${own.join('; ')}`);
    for (const problem of problems)
      t.true(
        own.some((text) => problem.test(text)),
        name,
      );
  }
});

test('rules: labels and help texts', async (t) => {
  const registry = new Registry();
  registry.registerMetric({
    name: 'foreign',
    async get() {
      const values = [{ value: 1, labels: { le: '1', quantile: '0.5', ownLabel: 'x' } }];
      return { name: 'foreign', help: '', type: 'gauge', values };
    },
  } as never);
  const problems = (await lint(registry)).map(({ problem }) => problem);
  t.deepEqual(problems, [
    'it has no help text',
    'the label ownLabel must be in snake_case',
    'the label le is for histograms',
    'the label quantile is for summaries',
  ]);
});

(promtool || process.env['CI'] ? test : test.skip)('rules: promtool finds the same', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  for (const [name, [type]] of Object.entries(WRONG)) {
    const configuration = { name, help: 'x', registers };
    if (type === 'counter') new Counter(configuration);
    else if (type === 'gauge') new Gauge(configuration);
    else new Histogram(configuration);
  }
  const input = await registry.metrics();
  let said = '';
  try {
    execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    said = stdout + stderr;
  }
  const theirs = said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ', 1)[0]);
  const ours = (await lint(registry)).map(({ metric }) => metric);
  t.deepEqual([...new Set(ours)].toSorted(), [...new Set(theirs)].toSorted() as string[]);
});
