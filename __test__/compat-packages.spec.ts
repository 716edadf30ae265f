// The packages that stand in for prom-client and @prometheus-io/client, as those who import them meet them.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

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
  for (const name of ['dist', 'package.json', 'binding.cjs']) {
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
