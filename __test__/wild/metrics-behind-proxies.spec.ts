// "register behind a Proxy shows a metric that was removed from it; in Vue's reactive() metrics throw '#table'."
//
// A proxy has no private fields of its target. So public methods read none, and libraries do not wrap the objects below.

import test from 'ava';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AggregatorRegistry, Counter, Gauge, Histogram, Info, Pushgateway } from '../../index';
import { Enum, Registry, Summary } from '../../index';
import { neutral } from '../multiprocess/support/run';
import { installed } from '../support/project';

function behindProxy<Wrapped extends object>(wrapped: Wrapped): Wrapped {
  return new Proxy(wrapped, {});
}

test('a metric that is removed from a registry behind a proxy', async (t) => {
  const registry = new Registry();
  const wrapped = behindProxy(registry);
  new Counter({ name: 'a', help: 'H', registers: [registry] }).inc();
  new Counter({ name: 'b', help: 'H', registers: [wrapped] }).inc();
  wrapped.removeSingleMetric('a');
  t.is(await registry.metrics(), '# HELP b H\n# TYPE b counter\nb 1\n');
  wrapped.setDefaultLabels({ app: 'x' });
  t.is(await wrapped.metrics(), '# HELP b H\n# TYPE b counter\nb{app="x"} 1\n');
  t.is(await Registry.merge([wrapped]).metrics(), await registry.metrics());
  t.is(await wrapped.getSingleMetricAsString('b'), await registry.getSingleMetricAsString('b'));
  t.notThrows(() => new Pushgateway('http://127.0.0.1', wrapped));
  wrapped.resetMetrics();
  wrapped.clear();
  t.is(await registry.metrics(), '\n');
});

test('a cluster registry', async (t) => {
  const registry = behindProxy(new AggregatorRegistry());
  new Gauge({ name: 'behind_proxy', help: 'H' }).set(3);
  t.regex(await registry.clusterMetrics(), /^behind_proxy 3$/m);
  await registry.shutdown();
});

test('metrics and their children', async (t) => {
  const registry = new Registry();
  const options = { help: 'H', labelNames: ['x'], registers: [registry] };
  const counter = behindProxy(new Counter({ name: 'c', ...options }));
  const gauge = behindProxy(new Gauge({ name: 'g', ...options }));
  const histogram = behindProxy(new Histogram({ name: 'h', buckets: [], ...options }));
  const summary = behindProxy(new Summary({ name: 's', percentiles: [], ...options }));
  const info = behindProxy(new Info({ name: 'i', ...options }));
  const state = behindProxy(new Enum({ name: 'e', states: ['on'], ...options }));
  counter.inc({ x: 1 });
  counter.count({ x: 1 })(() => 0)();
  const child = behindProxy(counter.labels({ x: 1 }));
  child.inc();
  child.count()(() => 0)();
  t.throws(() =>
    child.countExceptions()(() => {
      throw new Error('counted');
    })(),
  );
  gauge.set({ x: 1 }, 2);
  behindProxy(gauge.labels({ x: 1 })).inc();
  behindProxy(gauge.labels({ x: 2 })).time()(() => 0)();
  behindProxy(gauge.labels({ x: 2 })).trackInProgress()(() => 0)();
  gauge.remove({ x: 2 });
  histogram.observe({ x: 1 }, 2);
  behindProxy(histogram.labels({ x: 1 })).startTimer()();
  behindProxy(histogram.labels({ x: 1 })).time()(() => 0)();
  summary.observe({ x: 1 }, 2);
  behindProxy(summary.labels({ x: 1 })).time()(() => 0)();
  info.info({ x: 1 }, { v: 1 });
  state.state({ x: 1 }, 'on');
  const text = await registry.metrics();
  for (const line of ['c{x="1"} 5', 'g{x="1"} 3', 'h_count{x="1"} 3', 's_count{x="1"} 2']) {
    t.true(text.includes(`\n${line}\n`), `${line} in ${text}`);
  }
  t.true(text.includes('\ni_info{x="1",v="1"} 1\n') && text.includes('\ne{x="1",e="on"} 1\n'));
  t.is((await counter.get()).values.length, 1);
});

test('in a tree that Vue wraps, inside of another object and of a list', async (t) => {
  const folder = await installed(t, ['@vue/reactivity@3']);
  const program = join(folder, 'program.mjs');
  writeFileSync(
    program,
    `import { isReactive, reactive } from '@vue/reactivity';
     import * as client from 'mpmetrics';
     const registry = new client.Registry();
     const { store } = reactive({ store: { registry, metrics: {}, list: [registry] } });
     const base = reactive({ help: 'H', labelNames: ['x'], registers: store.list });
     const bare = { help: 'H', registers: [store.registry] };
     Object.assign(store.metrics, {
       counter: new client.Counter({ name: 'c', ...base }),
       gauge: new client.Gauge({ name: 'g', ...bare }),
       histogram: new client.Histogram({ name: 'h', buckets: [1], ...bare }),
       summary: new client.Summary({ name: 's', percentiles: [0.5], ...bare }),
       info: new client.Info({ name: 'i', ...bare }),
       state: new client.Enum({ name: 'e', states: ['on', 'off'], ...bare }),
       alone: new client.Counter({ name: 'a', help: 'H', registers: [] }),
     });
     const { counter, gauge, histogram, summary, info, state, alone } = store.metrics;
     counter.inc(reactive({ x: 1 }), 2);
     counter.labels('1').inc();
     counter.labels('2').inc();
     counter.remove('2');
     gauge.set(4);
     gauge.inc();
     gauge.setToCurrentTime();
     gauge.set(5);
     histogram.observe(2);
     histogram.startTimer()();
     histogram.zero({});
     histogram.observe(3);
     summary.observe(6);
     summary.reset();
     summary.observe(7);
     info.info({ v: 1 });
     state.state('off');
     alone.inc(8);
     store.registry.setDefaultLabels({ app: 'y' });
     const text = await store.registry.metrics();
     store.registry.removeSingleMetric('g');
     const { length } = await store.list[0].getMetricsAsJSON();
     const merged = await client.Registry.merge(store.list).metrics();
     const { values: [{ value }] } = await alone.get();
     console.log(JSON.stringify([isReactive(counter), text, length, merged.includes('g{'), value, counter.store.size]));
     process.exit();`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    cwd: folder,
    env: { ...neutral(), MPMETRICS: 'private' },
  });
  const [isWrapped, text, ...others] = JSON.parse(stdout) as [boolean, string, ...unknown[]];
  t.true(isWrapped);
  t.deepEqual(others, [5, false, 8, 1]);
  const lines = ['c{x="1",app="y"} 3', 'g{app="y"} 5', 'h_count{app="y"} 1', 's_sum{app="y"} 7'];
  for (const line of [...lines, 'i_info{v="1",app="y"} 1', 'e{app="y",e="off"} 1']) {
    t.true(text.includes(`\n${line}\n`), `${line} in ${text}`);
  }
});
