// The parsers of Python's prometheus_client read any registry unchanged, in both formats. The OpenMetrics parser is
// strict, so it reads only pages that follow the specification exactly.
import assert from 'node:assert';
import test from 'ava';
import * as fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry, Summary, type RegistryContentType } from '../index';
import { registries } from './formats/registries';
import { startReader, type Format, type ReadFamily, type ReadSample } from './formats/reader';

const FORMATS = ['text', 'openmetrics'] as const;

test('any registry is read back unchanged', async (t) => {
  const read = await startReader(t);
  const registry = new Registry<RegistryContentType>({ name: 'generated' });
  let samples = 0;
  const property = fc.asyncProperty(registries, async ({ metrics, defaults }) => {
    // Exemplars need this content type.
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    registry.setDefaultLabels(defaults);
    metrics.forEach((metric, index) => metric.make(registry, index));
    try {
      const shown = Object.entries(defaults).map(([name, value]) => [
        name,
        Buffer.from(value).toString(),
      ]);
      registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
      for (const format of FORMATS) {
        const page =
          format === 'text' ? registry.metrics() : registry.openMetrics({ created: true });
        const families = await read(format, await page);
        const expected = metrics.map((metric, index) =>
          metric.expected(format, Object.fromEntries(shown), index),
        );
        samples += expected.reduce((sum, family) => sum + family.samples.length, 0);
        compare(families, expected, format);
      }
    } finally {
      registry.clear();
    }
  });
  await fc.assert(property, { numRuns: 200, includeErrorInReport: true });
  t.log(`${samples} samples`);
  t.true(samples > 1000);
});

test('metrics of other libraries, and metrics sent as JSON, are read as well', async (t) => {
  const read = await startReader(t);
  const source = new Registry(Registry.OPENMETRICS_CONTENT_TYPE) as unknown as Registry;
  const about = { help: 'A "quoted" one', registers: [source], labelNames: ['a'] };
  const counter = new Counter({ ...about, name: 'c_total', enableExemplars: true });
  counter.inc({ labels: { a: 'x"\n' }, value: 2, exemplarLabels: { trace: 'y' } } as never);
  const buckets = [0.00001, 1, 2.5, 1e6];
  const histogram = new Histogram({ ...about, name: 'h', buckets });
  for (const value of [0.5, 2, 1e7]) histogram.observe({ a: 1 }, value);
  new Histogram({ ...about, name: 'below', buckets: [-1, 0] }).observe({ a: 1 }, -2);
  new Histogram({ ...about, name: 'sunk', buckets: [1] }).observe({ a: 1 }, -2);
  const summary = new Summary({ ...about, name: 's', percentiles: [0.01, 1] });
  for (const value of [-3, 1]) summary.observe({ a: 1 }, value);
  new Gauge({ ...about, name: 'g' }).set({ a: '' }, -1.5);
  const expected = await read('openmetrics', await source.openMetrics());

  const aggregate = Registry.aggregate([await source.getMetricsAsJSON()]);
  const foreign = new Registry();
  for (const metric of source.getMetricsAsArray()) {
    const get = (): unknown => (metric as unknown as Counter).get();
    foreign.registerMetric({ name: metric.name, get } as never);
  }
  for (const registry of [foreign, Registry.merge([foreign])]) {
    const page = await registry.openMetrics();
    t.true(page.includes('h_bucket{le="1e-05",a="1"} 0\n'), page);
    compare(await read('openmetrics', page), withoutTimes(expected), 'openmetrics');
  }
  // Aggregated metrics lose their exemplars, as in prom-client.
  const carried = await aggregate.openMetrics();
  const bare = (await foreign.openMetrics()).replaceAll(/ # \{.*/g, '');
  t.is(carried, bare);
  const bad = { name: 'b', get: () => ({ name: 'b', help: 'B', type: 'counter', values: NEVER }) };
  foreign.registerMetric(bad as never);
  foreign.registerMetric({
    name: 'u',
    get: () => ({ name: 'u', help: 'U', type: 'untyped', values: [{ value: 1 }] }),
  } as never);
  const [unknown, nothing] = (await read('openmetrics', await foreign.openMetrics())).toReversed();
  t.deepEqual([unknown?.type, unknown?.samples.length], ['unknown', 1]);
  t.deepEqual(nothing?.samples, []);
});

/** Values that a counter never has. */
const NEVER = [{ value: -1 }, { value: Number.NaN }];

/** The families in the form that `compare` uses, without times. */
function withoutTimes(families: ReadFamily[]): ReadFamily[] {
  return families.map((family) => ({
    ...family,
    samples: family.samples
      .filter(({ name }) => name !== `${family.name}_created`)
      .map((sample) => {
        const { time: _, ...exemplar } = sample.exemplar ?? { labels: {}, value: 0 };
        return normal(family, { ...sample, exemplar: sample.exemplar && exemplar });
      }),
  }));
}

test('a page with one changed number, name or text is detected', async (t) => {
  const read = await startReader(t);
  const page = '# HELP a H\n# TYPE a gauge\na{b="c"} 1\n# EOF\n';
  const expected = await read('openmetrics', page);
  for (const [old, changed] of [
    ['H\n', 'h\n'],
    ['"c"', '"d"'],
    ['b=', 'c='],
    [' 1', ' 1.5'],
    ['gauge', 'unknown'],
  ]) {
    const families = await read('openmetrics', page.replace(old as string, changed as string));
    t.throws(
      () => compare(families, expected, 'openmetrics'),
      { instanceOf: assert.AssertionError },
      old,
    );
  }
  await t.throwsAsync(read('openmetrics', page.replace('# EOF\n', '')), {
    message: /refuses the page/,
  });
});

/** Throws unless both are equal, except for the times of creation and of exemplars. */
function compare(families: ReadFamily[], expected: ReadFamily[], format: Format): void {
  const now = Date.now() / 1000;
  const isNow = (time: number): boolean => time > now - 3600 && time < now + 1;
  const read = families.map((family) => {
    const created = (sample: ReadSample): boolean => sample.name === `${family.name}_created`;
    assert.ok(family.samples.filter(created).every(({ value }) => isNow(value)));
    const samples = family.samples
      .filter((sample) => !created(sample))
      .map((sample) => {
        if (sample.exemplar === null) return normal(family, sample);
        const { time, ...exemplar } = sample.exemplar;
        assert.ok(isNow(Number(time)), time);
        return normal(family, { ...sample, exemplar });
      });
    return { ...family, samples };
  });
  assert.deepStrictEqual(read, expected, format);
}

/** A sample with its bound written as JavaScript writes numbers. Each format writes bounds in its own way. */
function normal({ type }: ReadFamily, { labels, ...sample }: ReadSample): ReadSample {
  const name = { histogram: 'le', summary: 'quantile' }[type];
  const bound = name === undefined ? undefined : labels[name];
  if (name === undefined || bound === undefined) return { ...sample, labels };
  return {
    ...sample,
    labels: { ...labels, [name]: `${Number(bound.replace('Inf', 'Infinity'))}` },
  };
}
