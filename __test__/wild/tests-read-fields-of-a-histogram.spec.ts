// "Our tests read histogram.bucketValues, and there is none."
//
// Tests of packages look into the fields of prom-client's metrics. The same steps run with both versions of it.

import test from 'ava';
import { createRequire } from 'node:module';
import * as own from '../../index';

type Client = typeof own;
type Fields = Record<string, unknown>;
const require = createRequire(import.meta.url);
const originals = ['prom-client', '@prometheus-io/client'].map((name) => require(name) as Client);

/** All but the time of an exemplar. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, field: unknown) => (key === 'timestamp' ? typeof field : field)),
  );
}

async function seen(client: Client): Promise<unknown[]> {
  const labelNames = ['b', 'a'];
  const registers = [new client.Registry()];
  const open = { registers: [new client.Registry(client.Registry.OPENMETRICS_CONTENT_TYPE)] };
  const base = { help: 'H', labelNames, registers };
  const exact = { ...base, ...open, enableExemplars: true };
  const counter = new client.Counter({ name: 'c', ...base });
  const histogram = new client.Histogram({ name: 'h', buckets: [1, 5], ...base });
  const bare = new client.Histogram({ name: 'bare', help: 'H', buckets: [1], registers });
  const withExemplars = new client.Histogram({ name: 'x', buckets: [1, 5], ...exact });
  const fields = [counter, histogram, withExemplars] as unknown as Fields[];
  const names = ['sortedLabelNames', 'bucketValues', 'bucketExemplars'];
  const act = (metric: object, name: string, ...args: unknown[]): unknown =>
    (metric as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
  act(counter, 'incWithoutExemplar', { a: 1 }, 2);
  act(counter, 'incWithoutExemplar', { b: 1 });
  act(histogram, 'observeWithoutExemplar', { b: 1, a: 2 }, 3);
  act(bare, 'observeWithoutExemplar', 0.5);
  act(withExemplars, 'observeWithoutExemplar', { a: 1 }, 9);
  const exemplarLabels = { trace_id: 'x' } as never;
  withExemplars.observe({ labels: { a: 1 }, value: 2, exemplarLabels });
  return [
    fields.map((metric) => names.map((name) => metric[name])),
    fields.map((metric) => Object.isFrozen(metric['bucketValues'])),
    (registers[0] as unknown as Fields)['_collectors'],
    (await counter.get()).values,
    await act(histogram, 'getForPromString'),
    await act(bare, 'getForPromString'),
    await act(withExemplars, 'getForPromString'),
    (await histogram.get()).values,
  ];
}

for (const original of originals) {
  test(`fields of ${original === originals[0] ? 'prom-client' : '@prometheus-io/client'}`, async (t) => {
    t.deepEqual(withoutTimes(await seen(own)), withoutTimes(await seen(original)));
  });
}

test('exemplars in hashMap', (t) => {
  const play = (client: Client): unknown => {
    const registers = [new client.Registry(client.Registry.OPENMETRICS_CONTENT_TYPE)];
    const base = { help: 'H', labelNames: ['a'], registers, enableExemplars: true };
    const counter = new client.Counter({ name: 'c', ...base });
    const histogram = new client.Histogram({ name: 'h', buckets: [1, 5], ...base });
    const exemplarLabels = { trace_id: 'x' } as never;
    counter.inc({ labels: { a: 1 }, value: 3, exemplarLabels });
    for (const value of [2, 9]) histogram.observe({ labels: { a: 1 }, value, exemplarLabels });
    histogram.observe({ labels: { a: 2 }, value: 1 });
    return [counter, histogram].map((metric) => (metric as unknown as Fields)['hashMap']);
  };
  t.deepEqual(withoutTimes(play(own)), withoutTimes(play(originals[0] as Client)));
});
