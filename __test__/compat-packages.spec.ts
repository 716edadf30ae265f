// The packages that stand in for prom-client and @prometheus-io/client, as those who import them meet them.
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import * as fc from 'fast-check';

/** A file, what it exports, what is in there, and the names of default metrics that are told there. */
type Exported = [file: string, type: string, keys: string[], names?: string[]];

const root = process.cwd();
const tree = mkdtempSync(join(tmpdir(), 'mpmetrics-stand-ins-'));
const modules = join(tree, 'node_modules');

test.before('lays a tree of packages', () => {
  mkdirSync(join(modules, '@prometheus-io'), { recursive: true });
  symlinkSync(root, join(modules, 'mpmetrics'));
  cpSync(join(root, 'npm/prom-client'), join(modules, 'prom-client'), { recursive: true });
  const io = join(modules, '@prometheus-io/client');
  cpSync(join(root, 'npm/prometheus-io-client'), io, { recursive: true });
  // A dependency with a copy of everything of its own.
  const nested = join(modules, 'dependency/node_modules');
  const copy = join(nested, 'mpmetrics');
  mkdirSync(copy, { recursive: true });
  cpSync(join(root, 'npm/prom-client'), join(nested, 'prom-client'), { recursive: true });
  for (const name of ['dist', 'lib', 'package.json', 'binding.cjs']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  const dependency = join(modules, 'dependency/index.js');
  writeFileSync(dependency, "module.exports = require('prom-client');");
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
test.after.always(() => rmSync(tree, { recursive: true, force: true }));

test('each name of the original is there', async (t) => {
  const original = Object.keys(createRequire(import.meta.url)('prom-client') as object);
  const { stdout } = await program(
    `console.log(JSON.stringify(Object.keys(require('prom-client'))))`,
  );
  const names = JSON.parse(stdout) as string[];
  t.deepEqual(
    original.filter((name) => !names.includes(name)),
    [],
  );
});

test('names can be imported, and the default is the whole', async (t) => {
  const { stdout } = await program(
    `import client, { Counter, register } from 'prom-client';
     import io, { ClusterRegistry, WorkerRegistry } from '@prometheus-io/client';
     console.log([client.Counter === Counter, client.register === register, io.Counter === Counter,
       io.ClusterRegistry === ClusterRegistry, typeof WorkerRegistry].join());`,
    'mjs',
  );
  t.is(stdout, 'true,true,true,true,function\n');
});

test('older code finds the files that it looks for', async (t) => {
  const { stdout } = await program(`
    const client = require('prom-client');
    const found = {
      registry: client.Registry, counter: client.Counter, gauge: client.Gauge, histogram: client.Histogram,
      summary: client.Summary, pushgateway: client.Pushgateway, cluster: client.AggregatorRegistry,
      defaultMetrics: client.collectDefaultMetrics,
    };
    for (const [name, what] of Object.entries(found)) {
      if (require('prom-client/lib/' + name) !== what) console.log(name);
      if (name !== 'defaultMetrics' && require('@prometheus-io/client/lib/' + name) !== what) console.log(name);
    }
    const { globalRegistry } = require('prom-client/lib/registry');
    const { aggregators, AggregatorFactory } = require('prom-client/lib/metricAggregators');
    const { Metric } = require('prom-client/lib/metric');
    const { linearBuckets } = require('prom-client/lib/bucketGenerators');
    const registry = new client.Registry();
    require('prom-client/lib/metrics/gc')(registry, { prefix: 'x_' });
    console.log([
      globalRegistry === client.register, aggregators === client.aggregators, typeof AggregatorFactory,
      new client.Gauge({ name: 'g', help: 'g' }) instanceof Metric, linearBuckets === client.linearBuckets,
      registry.getMetricsAsArray().map(({ name }) => name),
    ].join());`);
  t.is(stdout, 'true,true,function,true,true,x_nodejs_gc_duration_seconds\n');
});

test('each file of the originals is there, with what it exports', async (t) => {
  for (const name of ['prom-client', '@prometheus-io/client']) {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), 'lib');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const list = (stem: string): string => `
      const files = ${JSON.stringify(files.filter((file) => file.endsWith('.js')))};
      console.log(JSON.stringify(files.map((file) => {
        const found = require(${JSON.stringify(stem)} + file);
        return [file, typeof found, Object.keys(found), found.metricNames];
      })));`;
    const theirs = JSON.parse((await program(list(`${folder}/`))).stdout) as Exported[];
    const ours = JSON.parse((await program(list(`${name}/lib/`))).stdout) as Exported[];
    t.true(theirs.length > 25);
    for (const [index, [file, type, keys, names]] of theirs.entries()) {
      const [, ownType, ownKeys, ownNames] = ours[index] as Exported;
      t.is(ownType, type, file);
      t.deepEqual(
        keys.filter((key) => !ownKeys.includes(key)),
        [],
        file,
      );
      t.deepEqual(ownNames, names, file);
    }
  }
});

test('the helpers under lib/ do what those of the originals do', async (t) => {
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

test('LabelMap and LabelGrouper of 0.16 do what the originals do, whatever they are asked', (t) => {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@prometheus-io/client')), 'lib');
  const theirs = require(join(folder, 'util.js'));
  const own = {
    LabelMap: require('../lib/labelMap.js'),
    LabelGrouper: require('../lib/labelGrouper.js'),
  };
  const text = fc.constantFrom('a', '', 1, '1', null, undefined, 'ab');
  const number = fc.constantFrom(1, -0, 2.5, undefined, '3');
  // The original loses groups as soon as there are more names.
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

/** All that a `LabelMap` says to those steps. */
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

/** All that a `LabelGrouper` says to those steps; not the texts of its keys, which nobody can know. */
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

test('what 0.16 keeps its series in can be read and emptied', async (t) => {
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

test('what others look at inside is there, for each version of it', async (t) => {
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

test('two copies in a tree share one registry', async (t) => {
  const { stdout } = await program(`
    const client = require('prom-client');
    const theirs = require('dependency');
    new theirs.Counter({ name: 'theirs_total', help: 'x' }).inc(2);
    console.log(client === theirs, client.register.getSingleMetric('theirs_total') !== undefined);`);
  t.is(stdout, 'true true\n');
});

test('the same file evaluated again begins anew', async (t) => {
  const { stdout } = await program(`
    const first = require('prom-client');
    new first.Counter({ name: 'a_total', help: 'x' }).inc(2);
    for (const file of Object.keys(require.cache)) delete require.cache[file];
    const second = require('prom-client');
    (async () => {
      const before = await second.register.metrics();
      new second.Counter({ name: 'a_total', help: 'x' }).inc(1);
      console.log(JSON.stringify([first === second, before, await second.register.metrics()]));
    })();`);
  t.deepEqual(JSON.parse(stdout), [
    false,
    '\n',
    '# HELP a_total x\n# TYPE a_total counter\na_total 1\n',
  ]);
});

test('@prometheus-io/client’s default metrics are the same, with names, help texts and types', async (t) => {
  const list = (client: string): string => `
    const client = require(${client});
    const register = new client.Registry();
    client.collectDefaultMetrics({ register });
    register.getMetricsAsJSON().then((metrics) => {
      const about = metrics.map(({ name, help, type, aggregator }) => [name, help, type, aggregator]);
      console.log(JSON.stringify([about, client.collectDefaultMetrics.metricsList]));
      process.exit();
    });`;
  const original = createRequire(import.meta.url).resolve('@prometheus-io/client');
  const theirs = await program(list(JSON.stringify(original)));
  const ours = await program(list(`'@prometheus-io/client'`));
  t.deepEqual(JSON.parse(ours.stdout), JSON.parse(theirs.stdout));
});

test('each name of @prometheus-io/client is there', async (t) => {
  const original = createRequire(import.meta.url)('@prometheus-io/client') as object;
  const { stdout } = await program(
    `console.log(JSON.stringify(Object.keys(require('@prometheus-io/client'))))`,
  );
  const names = JSON.parse(stdout) as string[];
  t.deepEqual(
    Object.keys(original).filter((name) => !names.includes(name)),
    [],
  );
});

test('@prometheus-io/client measures the utilization of the event loop from the start', async (t) => {
  const { stdout } = await program(`
    const { collectDefaultMetrics, register } = require('@prometheus-io/client');
    collectDefaultMetrics();
    try { collectDefaultMetrics('all'); } catch (error) { console.log(error.message); }
    console.log(collectDefaultMetrics.metricsList.includes('eventLoopUtilization'));
    console.log(register.getSingleMetric('nodejs_eventloop_utilization_histogram') !== undefined);`);
  t.is(stdout, 'config must be null, undefined, or an object\ntrue\ntrue\n');
});

async function program(text: string, extension = 'cjs'): Promise<{ stdout: string }> {
  programs += 1;
  const file = join(tree, `program-${programs}.${extension}`);
  writeFileSync(file, text);
  return promisify(execFile)(process.execPath, [file], {
    cwd: tree,
    env: { ...process.env, MPMETRICS: 'private', NAPI_RS_NATIVE_LIBRARY_PATH: binary() },
  });
}

let programs = 0;

/** The copy has no binary beside it. */
function binary(): string {
  const { platform, arch } = process;
  const libc = platform === 'linux' ? '-gnu' : platform === 'win32' ? '-msvc' : '';
  return resolve(root, `mpmetrics.${platform}-${arch}${libc}.node`);
}
