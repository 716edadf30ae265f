// The packages that replace prom-client and @prometheus-io/client, imported as users import them.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import test from 'ava';
import { layTree, program, removeTree } from './support/stand-ins';

/** A file, the type of its export, its keys, and the names of default metrics that it lists. */
type Exported = [file: string, type: string, keys: string[], names?: string[]];

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

test('each name of the original exists', async (t) => {
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

test('named imports work, and the default import has all names', async (t) => {
  const { stdout } = await program(
    `import client, { Counter, register } from 'prom-client';
     import io, { ClusterRegistry, WorkerRegistry } from '@prometheus-io/client';
     console.log([client.Counter === Counter, client.register === register, io.Counter === Counter,
       io.ClusterRegistry === ClusterRegistry, typeof WorkerRegistry].join());`,
    'mjs',
  );
  t.is(stdout, 'true,true,true,true,function\n');
});

test('older code finds the files that it requires', async (t) => {
  const { stdout } = await program(`
    const client = require('prom-client');
    const newer = require('@prometheus-io/client');
    const found = {
      registry: client.Registry, counter: client.Counter, gauge: client.Gauge, histogram: client.Histogram,
      summary: client.Summary, pushgateway: client.Pushgateway, cluster: client.AggregatorRegistry,
      defaultMetrics: client.collectDefaultMetrics,
    };
    for (const [name, what] of Object.entries(found)) {
      if (require('prom-client/lib/' + name) !== what) console.log(name);
      // That client has a class of its own, which keeps the query of the address.
      const other = name === 'pushgateway' ? newer.Pushgateway : what;
      if (name !== 'defaultMetrics' && require('@prometheus-io/client/lib/' + name) !== other) console.log(name);
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

/** Files and exports that no package imports, as `docs/coming-from-prom-client.md` says. */
const LEFT_OUT = new Set([
  'timeWindowQuantiles.js',
  'setValue',
  'setValueDelta',
  'removeLabels',
  'LabelMap',
  'LabelGrouper',
]);

test('each file of the originals exists with its exports, except for the named ones', async (t) => {
  for (const name of ['prom-client', '@prometheus-io/client']) {
    const folder = join(dirname(createRequire(import.meta.url).resolve(name)), 'lib');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.js') && !LEFT_OUT.has(file),
    );
    const list = (stem: string): string => `
      const files = ${JSON.stringify(files)};
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
        keys.filter((key) => !ownKeys.includes(key) && !LEFT_OUT.has(key)),
        [],
        file,
      );
      t.deepEqual(ownNames, names, file);
    }
  }
});

test('exemplars are refused where the originals refuse them, and only there', async (t) => {
  const list = (client: string, also: string): string => `
    const client = require(${client});
    const { Registry } = client;
    const tried = (act) => {
      try {
        act();
        return 'fine';
      } catch (error) {
        return error.constructor.name + ': ' + error.message;
      }
    };
    const openMetrics = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
    const seen = ['Counter', 'Gauge', 'Histogram', 'Summary'].flatMap((name) =>
      [undefined, [new Registry()], [openMetrics], [new Registry(Registry.OPENMETRICS_CONTENT_TYPE), new Registry()]].map((registers) =>
        tried(() => new client[name]({ name: name + '_x', help: 'x', registers, enableExemplars: true })),
      ),
    );
    class Own extends client.Counter {}
    seen.push(tried(() => new Own({ name: 'own_x', help: 'x', enableExemplars: true })));
    seen.push(tried(() => client.collectDefaultMetrics({ register: new Registry(), enableExemplars: true })));
    const own = new Own({ name: 'own_total', help: 'x' });
    seen.push(own instanceof client.Counter, own instanceof Own);
    console.log(JSON.stringify([seen, ${also}]));
    process.exit();`;
  const direct = `tried(() => new (require('mpmetrics').Counter)({ name: 'y', help: 'y', enableExemplars: true }))`;
  for (const name of ['prom-client', '@prometheus-io/client']) {
    const original = createRequire(import.meta.url).resolve(name);
    const theirs = await program(list(JSON.stringify(original), 'null'));
    const ours = await program(list(`'${name}'`, direct));
    const [seen] = JSON.parse(theirs.stdout) as [string[]];
    t.true(seen.includes('TypeError: Exemplars are supported only on OpenMetrics registries'));
    t.deepEqual(JSON.parse(ours.stdout), [seen, 'fine']);
  }
});

test('two copies in a tree share one registry', async (t) => {
  const { stdout } = await program(`
    const client = require('prom-client');
    const theirs = require('dependency');
    new theirs.Counter({ name: 'theirs_total', help: 'x' }).inc(2);
    console.log(client === theirs, client.register.getSingleMetric('theirs_total') !== undefined);`);
  t.is(stdout, 'true true\n');
});

test('a file that is evaluated again starts anew', async (t) => {
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

test('each name of @prometheus-io/client exists', async (t) => {
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
