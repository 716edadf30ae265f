// "I reuse one array of buckets for several histograms; after I changed it, the old ones were broken."
//
// Options are copied when they are read: nothing that the caller does with them later changes a metric, a registry, a page or a
// server. Nor are the caller's own lists changed or frozen.

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import {
  AggregatorRegistry,
  Counter,
  Enum,
  Gauge,
  Histogram,
  Registry,
  startHttpServer,
  Summary,
} from '../../index';
import { page } from '../../src/http/page';
import { page as fetchPage } from '../../src/frameworks/fetch';

const about = (name: string, registry: Registry) => ({ name, help: 'H', registers: [registry] });

test('label names, in all kinds of metrics', async (t) => {
  const registry = new Registry();
  const labelNames = ['method'];
  const counter = new Counter({ ...about('c', registry), labelNames });
  const gauge = new Gauge({ ...about('g', registry), labelNames });
  const histogram = new Histogram({ ...about('h', registry), labelNames, buckets: [] });
  const summary = new Summary({ ...about('s', registry), labelNames });
  labelNames.push('code');
  counter.inc({ method: 'GET' });
  gauge.set({ method: 'GET' }, 1);
  histogram.observe({ method: 'GET' }, 1);
  summary.observe({ method: 'GET' }, 1);
  t.throws(() => counter.inc({ code: '200' } as never), { message: /"code"/ });
  t.is((await registry.metrics()).match(/method="GET"/g)?.length, 2 + 3 + 9);
});

test('the buckets of a histogram, of which the caller’s list stays as it is', async (t) => {
  const registry = new Registry();
  const buckets = [1, 2];
  const histogram = new Histogram({ ...about('h', registry), buckets });
  t.false(Object.isFrozen(buckets));
  buckets.push(3);
  buckets[0] = 100;
  t.deepEqual(histogram.buckets, [1, 2]);
  t.deepEqual(histogram.upperBounds, [1, 2]);
  const again = new Histogram({ ...about('again', registry), buckets });
  t.deepEqual(again.upperBounds, [2, 3, 100]);
  histogram.observe(1.5);
  const lines = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('h_bucket'));
  t.deepEqual(lines, ['h_bucket{le="1"} 0', 'h_bucket{le="2"} 1', 'h_bucket{le="+Inf"} 1']);
});

test('percentiles and states', async (t) => {
  const registry = new Registry();
  const [percentiles, states] = [[0.5], ['on', 'off']];
  const summary = new Summary({ ...about('s', registry), percentiles });
  const power = new Enum({ ...about('e', registry), states });
  t.false(Object.isFrozen(percentiles) || Object.isFrozen(states));
  percentiles[0] = 0.9;
  states[0] = 'broken';
  summary.observe(1);
  power.state('on');
  const text = await registry.metrics();
  t.regex(text, /s\{quantile="0.5"\} 1/);
  t.regex(text, /e\{e="on"\} 1/);
});

test('registries of a metric', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  const registers = [one];
  const counter = new Counter({ name: 'c', help: 'C', registers });
  registers[0] = other;
  registers.push(other);
  t.deepEqual(counter.registers, [one]);
  one.setDefaultLabels({ app: 'a' });
  counter.inc();
  t.regex(await one.metrics(), /c\{app="a"\} 1/);
  t.notRegex(await other.metrics(), /c/);
});

test('default labels, and registries that are merged', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  const labels: Record<string, string> = { app: 'a' };
  one.setDefaultLabels(labels);
  labels['app'] = 'b';
  labels['zone'] = 'eu';
  new Counter(about('c', one)).inc();
  new Counter(about('d', other)).inc();
  const sources = [one];
  const merged = Registry.merge(sources);
  sources.push(other);
  t.regex(await merged.metrics(), /c\{app="a"\} 1/);
  t.notRegex(await merged.metrics(), /d/);
});

test('the choice for clusterMetrics(), and aggregated JSON', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  new Counter(about('c', one)).inc();
  new Counter(about('d', other)).inc();
  const chosen = [one];
  AggregatorRegistry.setRegistries(chosen);
  chosen[0] = other;
  t.regex(await new AggregatorRegistry().clusterMetrics(), /c 1/);
  const labels = { app: 'a' };
  const json = [
    { name: 'j', help: 'J', type: 'counter', aggregator: 'sum', values: [{ value: 1, labels }] },
  ];
  const whole = Registry.aggregate([json]);
  labels.app = 'b';
  t.regex(await whole.metrics(), /j\{app="a"\} 1/);
});

test('the registries of a page and of a server', async (t) => {
  const [one, other] = [new Registry(), new Registry()];
  new Counter(about('c', one)).inc();
  new Counter(about('d', other)).inc();
  const options = { registry: one };
  const [listener, answer] = [page(options), fetchPage(options)];
  const registries = [one];
  const server = await startHttpServer({ port: 0, registries });
  t.teardown(() => server.close());
  options.registry = other;
  registries[0] = other;
  one.setDefaultLabels({ app: 'a' });
  t.regex(await (await answer(new Request('http://localhost/metrics'))).text(), /c\{app="a"\} 1/);
  const own = createServer(listener as RequestListener).listen(0);
  t.teardown(() => own.close());
  const { port } = own.address() as AddressInfo;
  t.regex(await (await fetch(`http://localhost:${port}/`)).text(), /c\{app="a"\} 1/);
  t.regex(await (await fetch(server.url)).text(), /c\{app="a"\} 1/);
});
