// Internals of prom-client and @prometheus-io/client that other packages use. The stand-ins have them too.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import test from 'ava';
import { layTree, program, removeTree } from './support/stand-ins';

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

test('the helpers under lib/ work like the originals', async (t) => {
  const play = (stem: string): string => `
    const stem = ${JSON.stringify(stem)};
    const util = require(stem + 'util');
    const { validateLabel, validateLabelName, validateMetricName } = require(stem + 'validation');
    const helpers = require(stem + 'metrics/helpers/processMetricsHelpers');
    const Exemplar = require(stem + 'exemplar');
    const { Gauge, Registry } = require(stem + '../index');
    const told = (act) => { try { return act(); } catch (error) { return error.name + ': ' + error.message; } };
    const grouper = new util.Grouper();
    for (const number of [1, 2, 3]) grouper.add(number % 2, number);
    const gauge = new Gauge({ name: 'g', help: 'g', labelNames: ['type', 'x'], registers: [new Registry()] });
    helpers.updateMetrics(gauge, helpers.aggregateByObjectName([new Map(), new Map(), [], null]), { x: 1 });
    const exemplar = new Exemplar({ trace: 'x' }, 2);
    (async () => {
      const { values } = await gauge.get();
      console.log(JSON.stringify([
        [...grouper],
        [1.5, Infinity, -Infinity].map(util.getValueAsString), util.hashObject({ b: 1, a: undefined }),
        util.getLabels(['a', 'b'], [1, 2]), util.getLabels(['a'], [{ c: 1 }]),
        told(() => util.getLabels(['a', 'b'], [1])), util.isObject(null), util.isObject([]), typeof util.nowTimestamp(),
        told(() => validateLabel(['a'], { b: 1 })), told(() => validateLabel(['a'], { a: 1 })),
        validateLabelName(['a', '1']), validateLabelName(['a']), validateMetricName('a:b'),
        exemplar, told(() => exemplar.validateExemplarLabelSet({ a: 'x'.repeat(128) })),
        told(() => exemplar.validateExemplarLabelSet({ a: 'x'.repeat(127) })), values,
        typeof require(stem + 'metrics/helpers/safeMemoryUsage')().rss,
      ]));
      process.exit();
    })();`;
  for (const name of ['prom-client', '@prometheus-io/client']) {
    const original = dirname(createRequire(import.meta.url).resolve(name));
    const theirs = await program(play(`${original}/lib/`));
    const ours = await program(play(`${name}/lib/`));
    t.deepEqual(JSON.parse(ours.stdout), JSON.parse(theirs.stdout), name);
  }
});

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
