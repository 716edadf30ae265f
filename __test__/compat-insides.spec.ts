// Internals of prom-client and @prometheus-io/client that other packages use. The stand-ins have them too.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import { layTree, program, removeTree } from './support/stand-ins';

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

test('the helpers under lib/ work like the originals', async (t) => {
  const play = (stem: string, series: string): string => `
    const stem = ${JSON.stringify(stem)};
    const util = require(stem + 'util');
    const { validateLabel, validateLabelName, validateMetricName } = require(stem + 'validation');
    const helpers = require(stem + 'metrics/helpers/processMetricsHelpers');
    const Exemplar = require(stem + 'exemplar');
    const Quantiles = require(stem + 'timeWindowQuantiles');
    const { Gauge, Registry } = require(stem + '../index');
    const told = (act) => { try { return act(); } catch (error) { return error.name + ': ' + error.message; } };
    const series = ${series};
    util.setValue(series, 1, { b: 'x', a: 1 });
    util.setValue(series, 'none', { a: 2 });
    util.setValueDelta(series, 2, { a: 1, b: 'x' }, util.hashObject({ a: 1, b: 'x' }));
    util.setValueDelta(series, 5, {});
    util.removeLabels(series, { a: 2 }, ['a', 'b']);
    const grouper = new util.Grouper();
    for (const number of [1, 2, 3]) grouper.add(number % 2, number);
    const quantiles = new Quantiles(60, 5);
    const none = [quantiles.size(), quantiles.percentile(0.5)];
    for (const number of [4, 1, 3, 2, 5]) quantiles.push(number);
    quantiles.compress();
    const gauge = new Gauge({ name: 'g', help: 'g', labelNames: ['type', 'x'], registers: [new Registry()] });
    helpers.updateMetrics(gauge, helpers.aggregateByObjectName([new Map(), new Map(), [], null]), { x: 1 });
    const exemplar = new Exemplar({ trace: 'x' }, 2);
    (async () => {
      const { values } = await gauge.get();
      console.log(JSON.stringify([
        [...Object.entries(series instanceof Map ? Object.fromEntries(series) : series)], [...grouper],
        [1.5, Infinity, -Infinity].map(util.getValueAsString), util.hashObject({ b: 1, a: undefined }),
        util.getLabels(['a', 'b'], [1, 2]), util.getLabels(['a'], [{ c: 1 }]),
        told(() => util.getLabels(['a', 'b'], [1])), util.isObject(null), util.isObject([]), typeof util.nowTimestamp(),
        told(() => validateLabel(['a'], { b: 1 })), told(() => validateLabel(['a'], { a: 1 })),
        validateLabelName(['a', '1']), validateLabelName(['a']), validateMetricName('a:b'),
        none, quantiles.size(), [0.1, 0.5, 0.9].map((rank) => quantiles.percentile(rank)),
        exemplar, told(() => exemplar.validateExemplarLabelSet({ a: 'x'.repeat(128) })),
        told(() => exemplar.validateExemplarLabelSet({ a: 'x'.repeat(127) })), values,
        typeof require(stem + 'metrics/helpers/safeMemoryUsage')().rss,
      ]));
      process.exit();
    })();`;
  for (const [name, series] of [
    ['prom-client', '{}'],
    ['@prometheus-io/client', 'new Map()'],
  ] as const) {
    const original = dirname(createRequire(import.meta.url).resolve(name));
    const theirs = await program(play(`${original}/lib/`, series));
    const ours = await program(play(`${name}/lib/`, series));
    t.deepEqual(JSON.parse(ours.stdout), JSON.parse(theirs.stdout), name);
  }
});

test('LabelMap and LabelGrouper of 0.16 work like the originals for any calls', (t) => {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@prometheus-io/client')), 'lib');
  const theirs = require(join(folder, 'util.js'));
  const own = {
    LabelMap: require('../lib/labelMap.js'),
    LabelGrouper: require('../lib/labelGrouper.js'),
  };
  const text = fc.constantFrom('a', '', 1, '1', null, undefined, 'ab');
  const number = fc.constantFrom(1, -0, 2.5, undefined, '3');
  // The original loses groups if there are more names.
  const pairs = fc.uniqueArray(fc.tuple(fc.constantFrom(...'abcdef'), text), {
    selector: ([name]) => name,
  });
  const labels = pairs.map((all) => (all.length === 0 ? undefined : Object.fromEntries(all)));
  const anySteps = fc.array(fc.tuple(fc.nat(8), labels, number), { maxLength: 30 });
  fc.assert(
    fc.property(anySteps, fc.shuffledSubarray(['a', 'b', 'c', 'c']), (steps, labelNames) => {
      const seen = [own, theirs].map(({ LabelMap, LabelGrouper }) => [
        mapped(new LabelMap(labelNames), steps),
        grouped(new LabelGrouper(), steps),
      ]);
      assert.deepStrictEqual(seen[0], seen[1]);
    }),
    { numRuns: 1000 },
  );
  const grouper = new own.LabelGrouper();
  const many = Object.fromEntries([...'abcdefghijk'].map((name) => [name, 1]));
  for (const given of [{}, { a: 1, k: '' }, many, { z: 1 }, {}, { a: '1' }, { ...many }])
    grouper.add({ labels: given });
  t.deepEqual(
    grouper.values().map((group: unknown[]) => group.length),
    [2, 2, 2, 1],
  );
  t.throws(() => new own.LabelMap(['b', 'a']).validate({ c: 1 }), {
    message: `Added label "c" is not included in initial labelset: [ 'a', 'b' ]`,
  });
  t.throws(() => new theirs.LabelMap(['b', 'a']).validate({ c: 1 }), {
    message: `Added label "c" is not included in initial labelset: [ 'a', 'b' ]`,
  });
});

type Step = [what: number, labels: Record<string, unknown> | undefined, number: unknown];

/** The results of a `LabelMap` for those steps. */
function mapped(map: Record<string, (...given: unknown[]) => unknown>, steps: Step[]): unknown[] {
  const acts = [
    (...given: unknown[]) => map['set']!(...given) === map,
    (...given: unknown[]) => map['setDelta']!(...given) === map,
    (labels: unknown) => map['get']!(labels),
    (labels: unknown, number: unknown) => map['getOrAdd']!(labels, () => number),
    (labels: unknown) => map['entry']!(labels),
    (labels: unknown, number: unknown) => map['merge']!(labels, { value: 1, number }),
    (labels: unknown) => map['remove']!(labels),
    (labels: unknown) => map['keyFrom']!(labels),
    (labels: unknown) => told(() => map['validate']!(labels)),
  ];
  const seen = steps.map(([what, labels, number]) => structuredClone(acts[what]!(labels, number)));
  const left = structuredClone([...(map['values']!() as Iterable<unknown>), map['size']]);
  map['clear']!();
  return [...seen, left, map['size']];
}

/** The results of a `LabelGrouper` for those steps, without the texts of its keys, which no program can rely on. */
function grouped(
  grouper: Record<string, (...given: unknown[]) => unknown>,
  steps: Step[],
): unknown[] {
  const seen = steps.map(([what, labels, number]) => {
    if (what === 8) return grouper['clear']!() === grouper;
    if (what > 5) return structuredClone(grouper['get']!(labels));
    return grouper['add']!({ labels, number }) === grouper;
  });
  const each: unknown[] = [];
  grouper['forEach']!((group: unknown) => each.push(structuredClone(group)));
  return [...seen, structuredClone(grouper['values']!()), each, grouper['size']];
}

function told(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as Error).message;
  }
}

test('the store of 0.16 can be read and emptied', async (t) => {
  const play = (name: string): string => `
    const { Counter, Gauge, Histogram, Registry } = require(${JSON.stringify(name)});
    const registers = [new Registry()];
    const counter = new Counter({ name: 'c_total', help: 'c', labelNames: ['a', 'b'], registers });
    const gauge = new Gauge({ name: 'g', help: 'g', registers });
    const histogram = new Histogram({ name: 'h', help: 'h', buckets: [1, 2], registers });
    for (const a of [1, 'x', 'y']) counter.inc({ a, b: 2 }, 3);
    gauge.set(4);
    histogram.observe(1.5);
    const { labels, bucketValues, sum, count } = histogram.store.entry({});
    counter.store.remove({ a: 'x', b: 2 });
    let refused = '';
    try { counter.store.validate({ z: 1 }); } catch (error) { refused = error.message; }
    const seen = [
      counter.store.size, counter.store.get({ a: 'y', b: 2 }), counter.store.get({ a: 'x', b: 2 }),
      counter.store.entry({ b: 2, a: 1 }), [...counter.store.values()], counter.store.validate({ a: 1 }), refused,
      gauge.store.get({}), [labels, bucketValues, sum, count],
    ];
    counter.store.clear();
    counter.get().then(({ values }) => {
      console.log(JSON.stringify([...seen, counter.store.size, values]));
      process.exit();
    });`;
  const original = createRequire(import.meta.url).resolve('@prometheus-io/client');
  const theirs = await program(play(original));
  const ours = await program(play('@prometheus-io/client'));
  t.deepEqual(JSON.parse(ours.stdout), JSON.parse(theirs.stdout));
});

test('the internals of each version are available', async (t) => {
  const { stdout } = await program(`
    const { Counter, Gauge, Registry } = require('@prometheus-io/client');
    const registry = new Registry();
    const registers = [registry];
    const counter = new Counter({ name: 'c_total', help: 'c', labelNames: ['a'], registers });
    const gauge = new Gauge({ name: 'g', help: 'g', registers });
    gauge.set(4);
    counter.inc({ a: 1 });
    const { _metrics } = registry;
    const seen = [
      Object.keys(_metrics), [..._metrics.keys()], _metrics.c_total === counter, _metrics.get('g') === gauge,
      _metrics.size, _metrics.has('x'), 'x' in _metrics, [..._metrics].map(([name]) => name),
      _metrics instanceof Map, gauge._getValue({}), Object.keys(counter.hashMap),
    ];
    _metrics.forEach((metric, name) => seen.push(metric.name === name));
    counter.hashMap = {};
    for (const name of ['size', 'get', 'values']) {
      new Gauge({ name, help: 'Called as what a Map has', registers }).set(1);
      seen.push(registry.getSingleMetric(name).name === name);
      registry.removeSingleMetric(name);
    }
    (async () => {
      seen.push((await counter.get()).values);
      delete _metrics.c_total;
      _metrics.delete('g');
      seen.push(registry.getMetricsAsArray(), _metrics.size);
      console.log(JSON.stringify(seen));
    })();`);
  const names = ['c_total', 'g'];
  const indexed = [names, names, true, true, 2, false, false, names, true, 4, ['a:1,']];
  t.deepEqual(JSON.parse(stdout), indexed.concat([true, true, true, true, true, [], [], 0]));
});
