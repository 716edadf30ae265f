// Prometheus' own readers in Go read any registry unchanged, as protobuf and as text: any names, labels and values.
import assert from 'node:assert/strict';
import test from 'ava';
import * as fc from 'fast-check';
import {
  Counter,
  Enum,
  Gauge,
  Histogram,
  Info,
  Registry,
  Summary,
  type MetricFamily,
  type NativeBuckets,
  type SparseBucket,
} from '../index';
import { BODY } from '../src/registry/content-type';
import { startGoReader, type GoFamily, type GoSeries } from './formats/go-reader';
import { text } from './formats/values';

/** As many registries are generated: a few with all tests, and ten thousand by `npm run test:formats`. */
const RUNS = Number(process.env['FORMATS_RUNS'] ?? 100);

const anyName = text.map((given) => Buffer.from(given).toString()).filter((given) => given !== '');
// Readers of text skip blanks before a help text.
const help = anyName.map((given) => `H${given}`);
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 5e-324, -2.2e-308, 1.7976931348623157e308),
  fc.integer(),
);
const anyAmount = fc.oneof(
  fc.double({ min: 0, noNaN: true, maxExcluded: true, max: 1e300 }),
  fc.nat(),
);

interface Generated {
  kind: 'counter' | 'gauge' | 'histogram' | 'native' | 'summary' | 'info' | 'enum';
  name: string;
  help: string;
  labelNames: string[];
  series: { labels: string[]; values: number[] }[];
  bounds: number[];
}

const generated: fc.Arbitrary<Generated> = fc.record({
  kind: fc.constantFrom<Generated['kind'][]>(
    'counter',
    'gauge',
    'histogram',
    'native',
    'summary',
    'info',
    'enum',
  ),
  name: anyName,
  help,
  labelNames: fc.uniqueArray(
    anyName.filter((label) => !['le', 'quantile', '__name__', 'version'].includes(label)),
    { maxLength: 3 },
  ),
  series: fc.array(
    fc.record({
      labels: fc.array(
        text.map((given) => Buffer.from(given).toString()),
        { minLength: 3, maxLength: 3 },
      ),
      values: fc.array(fc.oneof(anyNumber, anyAmount), { minLength: 1, maxLength: 5 }),
    }),
    { maxLength: 4 },
  ),
  bounds: fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 4 }),
});

/** Makes a metric in the registry, and gives it its values. */
function make(registry: Registry, metric: Generated, index: number): void {
  const { kind, labelNames, series, bounds } = metric;
  // The number makes names unique.
  const common = { name: `${metric.name}${index}`, help: metric.help, labelNames };
  const options = { ...common, registers: [registry] };
  const each = (act: (labels: Record<string, string>, values: number[]) => void): void => {
    for (const { labels, values } of series) {
      act(Object.fromEntries(labelNames.map((label, at) => [label, labels[at] as string])), values);
    }
  };
  if (kind === 'counter') {
    const counter = new Counter(options);
    each((labels, values) => {
      for (const value of values) if (value >= 0 && value < Infinity) counter.inc(labels, value);
    });
  } else if (kind === 'gauge') {
    const gauge = new Gauge(options);
    each((labels, values) => values.forEach((value) => gauge.set(labels, value)));
  } else if (kind === 'histogram' || kind === 'native') {
    const native = kind === 'native' ? { native: true } : {};
    const buckets = kind === 'native' && index % 2 === 0 ? [] : bounds.map((bound) => bound + 0);
    const histogram = new Histogram({ ...options, ...native, buckets });
    each((labels, values) => {
      for (const value of values) {
        if (kind === 'native' || Number.isFinite(value)) histogram.observe(labels, value);
      }
    });
  } else if (kind === 'summary') {
    const summary = new Summary({ ...options, percentiles: [0.5, 0.9] });
    each((labels, values) => {
      for (const value of values) if (Number.isFinite(value)) summary.observe(labels, value);
    });
  } else if (kind === 'info') {
    const info = new Info(options);
    each((labels) => info.info(labels, { version: '1' }));
  } else {
    const state = new Enum({ ...options, states: ['off', 'on'] });
    each((labels) => state.state(labels, 'on'));
  }
}

/** A family as the reader must give it. */
function expected(family: MetricFamily): GoFamily {
  const { name, help: shown, type } = family;
  const isGauge = type === 'info' || type === 'enum';
  const isSuffixed = type === 'info' && !name.endsWith('_info');
  return {
    name: isSuffixed ? `${name}_info` : name,
    help: shown,
    type: isGauge ? 'GAUGE' : type.toUpperCase(),
    series: seriesOf(family),
  };
}

function seriesOf(family: MetricFamily): GoSeries[] {
  const plain = { start: null, native: null };
  switch (family.type) {
    case 'info':
      return family.series.map(({ labels }) => ({ ...plain, labels, numbers: [1] }));
    case 'enum':
      return family.series.flatMap(({ labels, state }) =>
        family.states.map((one) => {
          const own = { ...labels, [family.name]: one };
          return { ...plain, labels: own, numbers: [one === state ? 1 : 0] };
        }),
      );
    case 'summary':
      return family.series.map(({ labels, startTime: start, count, sum, quantiles }) => {
        const numbers = [
          count,
          sum,
          ...quantiles.flatMap(({ quantile, value }) => [quantile, value]),
        ];
        return { ...plain, labels, start, numbers };
      });
    case 'histogram':
      return family.series.map(({ labels, startTime: start, count, sum, buckets, native }) => {
        const classic = buckets.flatMap((one) => [one.upperBound, one.cumulativeCount]);
        return {
          labels,
          start,
          numbers: [count, sum, ...classic],
          native: native && sparse(native),
        };
      });
    case 'counter':
      return family.series.map(({ labels, startTime: start, value }) => ({
        ...plain,
        labels,
        start,
        numbers: [value],
      }));
    default:
      return family.series.map(({ labels, value }) => ({ ...plain, labels, numbers: [value] }));
  }
}

function sparse({ schema, zeroThreshold, zeroCount, positive, negative }: NativeBuckets): object {
  const pairs = (buckets: readonly SparseBucket[]): number[][] =>
    buckets.map(({ index, count }) => [index, count]);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    positive: pairs(positive),
    negative: pairs(negative),
  };
}

/** Families without what text does not carry. It has one zero, and no families without series. */
function inText(families: readonly GoFamily[]): GoFamily[] {
  const shown = families
    .filter(({ series }) => series.length > 0)
    .map(({ name, help: told, type, series }) => ({
      name,
      help: told,
      type,
      series: series.filter(({ numbers }) => numbers.length > 0).map(plainText),
    }));
  return shown.filter(({ series }) => series.length > 0);
}

function plainText({ labels, numbers, native }: GoSeries): GoSeries {
  const shown = numbers.map((number) => number + 0);
  // Text has the last bucket of a native histogram without classic buckets.
  if (native !== null && shown.length === 2) shown.push(Infinity, shown[0] as number);
  return { labels, start: null, numbers: shown, native: null };
}

/** The same in one order, since the reader of text gives its families in any. */
function sorted(families: readonly GoFamily[]): GoFamily[] {
  return Object.values(Object.fromEntries(families.map((family) => [`${family.name}.`, family])))
    .map((family) => [family.name, family] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, family]) => family);
}

test('any registry is read back unchanged', async (t) => {
  const read = await startGoReader(t);
  const registry = new Registry({ name: 'generated', nameValidation: 'utf8' });
  let series = 0;
  const property = fc.asyncProperty(fc.array(generated, { maxLength: 6 }), async (metrics) => {
    metrics.forEach((metric, index) => make(registry, metric, index));
    try {
      const families = (await registry.families()).map(expected);
      const page = async (format: 'protobuf' | 'text'): Promise<GoFamily[]> =>
        read(format, await registry[BODY]({ format, escaping: 'allow-utf-8' }, {}));
      const fromProtobuf = await page('protobuf');
      // Start times are exact to the microsecond.
      for (const [at, family] of fromProtobuf.entries()) {
        for (const [index, one] of family.series.entries()) {
          const start = families[at]?.series[index]?.start ?? null;
          assert.ok(start === one.start || Math.abs(Number(start) - Number(one.start)) < 2e-6);
          one.start = start;
        }
      }
      assert.deepEqual(fromProtobuf, families);
      assert.deepEqual(sorted(inText(await page('text'))), sorted(inText(families)));
      series += families.reduce((sum, family) => sum + family.series.length, 0);
    } finally {
      registry.clear();
    }
  });
  await fc.assert(property, { numRuns: RUNS, includeErrorInReport: true });
  t.log(`${RUNS} registries with ${series} series`);
  t.true(series > RUNS);
});
