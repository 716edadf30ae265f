// Exemplars from the active span of OpenTelemetry: `exemplars: 'trace'`.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { Counter, Gauge, Histogram, Registry, type FamilyExemplar } from '../index';
import { asked, inSpan, spanId, startTracing, stopTracing, traceId } from './support/tracing.mjs';

test.before(startTracing);
test.after.always(stopTracing);

/** A counter and a histogram with exemplars of traces, in a registry of their own. */
function traced(options: { native?: boolean; enableExemplars?: boolean } = {}) {
  const registry = new Registry();
  const common = { labelNames: ['l'] as const, registers: [registry], exemplars: 'trace' as const };
  return {
    registry,
    counter: new Counter({ name: 'c_total', help: 'C', ...common, ...options }),
    histogram: new Histogram({ name: 'h', help: 'H', buckets: [1, 2], ...common, ...options }),
  };
}

interface Shown {
  counter: FamilyExemplar | null | undefined;
  buckets: (FamilyExemplar | null)[];
  sparse: readonly FamilyExemplar[] | undefined;
}

async function shown(registry: Registry): Promise<Shown> {
  const found: Shown = { counter: undefined, buckets: [], sparse: undefined };
  for (const family of await registry.families()) {
    if (family.type === 'counter') found.counter = family.series[0]?.exemplar;
    if (family.type !== 'histogram') continue;
    const [series] = family.series;
    found.buckets = series?.buckets.map(({ exemplar }) => exemplar) ?? [];
    found.sparse = series?.native?.exemplars;
  }
  return found;
}

test('a sampled span leaves its ids at the counter and at each bucket, with no change of any call', async (t) => {
  const { registry, counter, histogram } = traced();
  const before = Date.now() / 1000;
  inSpan(1, () => counter.inc({ l: 'x' }, 3));
  for (const [number, value] of [
    [2, 0.5],
    [3, 1.5],
    [4, 9],
  ] as const) {
    inSpan(number, () => histogram.labels('x').observe(value));
  }
  const found = await shown(registry);
  t.like(found.counter, { labels: { trace_id: traceId(1), span_id: spanId(1) }, value: 3 });
  t.deepEqual(
    found.buckets.map((exemplar) => [exemplar?.labels['trace_id'], exemplar?.value]),
    [
      [traceId(2), 0.5],
      [traceId(3), 1.5],
      [traceId(4), 9],
    ],
  );
  const { timestamp = 0 } = found.counter ?? {};
  t.true(timestamp >= before && timestamp <= Date.now() / 1000);
  const text = await registry.openMetrics();
  const labels = `trace_id="${traceId(1)}",span_id="${spanId(1)}"`;
  t.true(text.includes(`c_total{l="x"} 3 # {${labels}} 3 `), text);
  t.like((await counter.get()).values[0], { value: 3, exemplar: { value: 3 } });
  t.false((await registry.metrics()).includes('trace_id'), 'the text has none');
});

test('an update without a span, and one in a span that is not sampled, leaves none', async (t) => {
  const { registry, counter, histogram } = traced();
  counter.inc({ l: 'x' });
  inSpan(1, () => histogram.observe({ l: 'x' }, 1), { isSampled: false });
  const found = await shown(registry);
  t.is(found.counter, null);
  t.deepEqual(found.buckets, [null, null, null]);
});

test('a bucket is looked at once, until the event loop has turned for 90 ms', async (t) => {
  const { counter, histogram } = traced();
  const before = asked.times;
  const update = (): void => {
    for (let times = 0; times < 10_000; times += 1) {
      counter.inc({ l: 'x' });
      histogram.observe({ l: 'x' }, (times % 3) + 0.5);
    }
  };
  inSpan(1, update, { isSampled: false });
  t.is(asked.times - before, 4, 'a counter and three buckets');
  for (let tries = 0; asked.times - before < 8; tries += 1) {
    t.true(tries < 1000, 'they are looked at again');
    await sleep(10);
    inSpan(1, update, { isSampled: false });
  }
});

test('an exemplar stays for seven seconds, and is replaced by a newer one afterwards', async (t) => {
  const { registry, counter } = traced();
  const seen: FamilyExemplar[] = [];
  for (let number = 1; seen.length < 2; number += 1) {
    t.true(number < 3000, 'it is replaced');
    inSpan(number, () => counter.inc({ l: 'x' }));
    const { counter: found } = await shown(registry);
    if (found && found.labels['trace_id'] !== seen.at(-1)?.labels['trace_id']) seen.push(found);
    await sleep(10);
  }
  const [first, second] = seen as [FamilyExemplar, FamilyExemplar];
  t.is(first.labels['trace_id'], traceId(1));
  t.true((second.timestamp ?? 0) - (first.timestamp ?? 0) >= 7);
});

test('native histograms have up to ten, of values of different sizes', async (t) => {
  const registry = new Registry();
  const histogram = new Histogram({
    name: 'h',
    help: 'H',
    buckets: [],
    native: true,
    registers: [registry],
    exemplars: 'trace',
  });
  for (let exponent = 0; exponent < 14; exponent += 1) {
    inSpan(exponent + 1, () => histogram.observe(2 ** exponent));
  }
  inSpan(99, () => histogram.observe(NaN));
  const { sparse = [] } = await shown(registry);
  t.is(sparse.length, 10);
  for (const { value, labels } of sparse) t.is(labels['trace_id'], traceId(Math.log2(value) + 1));
});

test('labels that are given by hand win', async (t) => {
  const { registry, counter, histogram } = traced({ enableExemplars: true });
  inSpan(1, () => {
    counter.inc({ labels: { l: 'x' }, exemplarLabels: { mine: 'yes' } as never });
    histogram.observe({ labels: { l: 'x' }, value: 1 });
  });
  const found = await shown(registry);
  t.deepEqual(found.counter?.labels, { mine: 'yes' });
  t.is(found.buckets[0]?.labels['trace_id'], traceId(1));
});

test('a metric of several registries, and one that gets other default labels, go on', async (t) => {
  const registers = [new Registry(), new Registry()];
  const counter = new Counter({ name: 'c_total', help: 'C', registers, exemplars: 'trace' });
  inSpan(1, () => counter.inc());
  registers[0]?.setDefaultLabels({ zone: 'a' });
  inSpan(2, () => counter.inc());
  for (const registry of registers) {
    const { counter: found } = await shown(registry);
    t.truthy(found?.labels['trace_id']);
  }
  counter.reset();
  await sleep(200);
  inSpan(3, () => counter.inc());
  for (const registry of registers) {
    const { counter: found } = await shown(registry);
    t.is(found?.labels['trace_id'], traceId(3), 'after a reset');
  }
});

test('other values of the option are refused, and so are gauges', (t) => {
  const registers = [new Registry()];
  for (const [Class, exemplars] of [
    [Counter, 'span'],
    [Histogram, true],
    [Gauge, 'trace'],
  ] as const) {
    t.throws(() => new Class({ name: 'x', help: 'X', registers, exemplars } as never), {
      message: "exemplars of counters and histograms can be 'trace'",
      code: 'MPMETRICS_BAD_ARGUMENT',
    });
  }
  const options = { name: 'y', help: 'Y', registers };
  const made = Counter.getOrCreate({ ...options, exemplars: 'trace' });
  t.is(Counter.getOrCreate({ ...options, exemplars: 'trace' }), made);
  t.throws(() => Counter.getOrCreate(options), { code: 'MPMETRICS_ALREADY_REGISTERED' });
});

test('a context manager that throws costs an exemplar, and no count', async (t) => {
  const { registry, counter } = traced();
  const { context } = await import('@opentelemetry/api');
  const broken = {
    spanContext() {
      throw new Error('broken');
    },
  };
  const { trace } = await import('@opentelemetry/api');
  const active = trace.setSpan(context.active(), broken as never);
  context.with(active, () => counter.inc({ l: 'x' }));
  t.is((await counter.get()).values[0]?.value, 1);
  t.is((await shown(registry)).counter, null);
});

test('an API that throws, and ids that are no texts, leave the count and no exemplar', async (t) => {
  const program = `
    import { Counter, Histogram, register } from './index.ts';
    const API = Symbol.for('opentelemetry.js.api.1');
    const fail = () => { throw new Error('broken'); };
    const give = (value) => Object.defineProperty(globalThis, API, { configurable: true, ...value });
    const span = (spanContext) => ({
      value: { context: { active: () => ({ getValue: () => ({ spanContext: () => spanContext }) }) } },
    });
    const text = '1'.padStart(16, '0');
    const apis = [
      { get: fail },
      { value: Object.defineProperty({}, 'context', { get: fail }) },
      { value: new Proxy({}, { get: fail }) },
      span(null),
      span({ traceId: undefined, spanId: undefined, traceFlags: 1 }),
      span({ traceId: {}, spanId: [], traceFlags: 1 }),
      span({ traceId: 5, spanId: text, traceFlags: 1 }),
      span({ traceId: text, spanId: null, traceFlags: 1 }),
      span({ traceId: Symbol('t'), spanId: text, traceFlags: 1 }),
      span({ traceId: text, spanId: text, traceFlags: 1 }),
    ];
    const found = [];
    apis.forEach((api, number) => {
      give(api);
      const count = new Counter({ name: 'c' + number + '_total', help: 'C', exemplars: 'trace' });
      const seconds = new Histogram({ name: 'h' + number, help: 'H', exemplars: 'trace', buckets: [] });
      try {
        count.inc();
        seconds.observe(1);
      } catch (error) {
        found.push([number, error.message]);
      }
    });
    for (const { type, series: [{ value, count, exemplar, buckets }] } of await register.families()) {
      found.push(type === 'counter' ? [value, exemplar !== null] : [count, buckets[0].exemplar !== null]);
    }
    console.log(JSON.stringify(found));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import=@oxc-node/core/register',
    '--input-type=module',
    '--eval',
    program,
  ]);
  const none = Array.from({ length: 18 }, () => [1, false]);
  t.deepEqual(JSON.parse(stdout), [...none, [1, true], [1, true]]);
});

/** Runs a program with that filter. It prints the exemplar's labels of one update in a span that is not sampled, or in none. */
async function filtered(
  filter: string,
  isInSpan: boolean,
): Promise<{ stdout: string; stderr: string }> {
  const program = `
    import { Counter, register } from './index.ts';
    import { asked, inSpan, startTracing } from './__test__/support/tracing.mjs';
    startTracing();
    const counter = new Counter({ name: 'c_total', help: 'C', exemplars: 'trace' });
    if (${isInSpan}) inSpan(1, () => counter.inc(), { isSampled: false });
    else counter.inc();
    const [{ series: [{ exemplar }] }] = await register.families();
    console.log(JSON.stringify([exemplar?.labels ?? null, asked.times]));`;
  return promisify(execFile)(
    process.execPath,
    ['--import=@oxc-node/core/register', '--input-type=module', '--eval', program],
    { env: { ...process.env, OTEL_METRICS_EXEMPLAR_FILTER: filter } },
  );
}

test('OTEL_METRICS_EXEMPLAR_FILTER is honoured', async (t) => {
  const ids = { trace_id: traceId(1), span_id: spanId(1) };
  for (const [filter, isInSpan, labels, times] of [
    ['always_on', true, ids, 1],
    ['always_on', false, {}, 1],
    ['always_off', true, null, 0],
    ['trace_based', true, null, 1],
    ['', true, null, 1],
    [' TRACE_BASED ', true, null, 1],
  ] as const) {
    const { stdout, stderr } = await filtered(filter, isInSpan);
    t.deepEqual(JSON.parse(stdout), [labels, times], filter);
    t.false(stderr.includes('OTEL_METRICS_EXEMPLAR_FILTER'), stderr);
  }
  const { stdout, stderr } = await filtered('sometimes', true);
  t.deepEqual(JSON.parse(stdout), [null, 1]);
  t.regex(stderr, /OTEL_METRICS_EXEMPLAR_FILTER is "sometimes"/);
});

test('the API of OpenTelemetry is never loaded, and without it nothing happens', async (t) => {
  const program = `
    import { createRequire } from 'node:module';
    import { Counter, register } from './index.ts';
    const counter = new Counter({ name: 'c_total', help: 'C', exemplars: 'trace' });
    counter.inc();
    const [{ series: [{ exemplar, value }] }] = await register.families();
    const require = createRequire(process.cwd() + '/x.js');
    const loaded = Object.keys(require.cache).filter((file) => file.includes('opentelemetry'));
    console.log(JSON.stringify([exemplar, value, loaded, Symbol.for('opentelemetry.js.api.1') in globalThis]));`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import=@oxc-node/core/register',
    '--input-type=module',
    '--eval',
    program,
  ]);
  t.deepEqual(JSON.parse(stdout), [null, 1, [], false]);
});
