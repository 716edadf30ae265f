// "Our application replaces the global Promise, and the page shows the values of before collect()."
//
// Every object with a `then` is awaited.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { Counter, Gauge, Histogram, Registry, Summary } from '../../index';

/** A promise that is no instance of this realm's `Promise`. */
const Foreign = runInNewContext('Promise') as PromiseConstructor;
async function later(act: () => void): Promise<void> {
  await sleep(5);
  act();
}

/** A registry with a metric of that kind, which records when it was collected, a little later. */
function collected(
  Class: new (options: object) => object,
  act: (metric: never) => void,
): [Registry, { get(): Promise<{ values: { value: number }[] }> }] {
  const registry = new Registry();
  const metric = new Class({
    name: 'm',
    help: 'H',
    registers: [registry],
    collect(this: never) {
      return Foreign.resolve(later(() => act(this)));
    },
  });
  return [registry, metric as never];
}

const KINDS: Record<string, [new (options: object) => object, (metric: never) => void, RegExp]> = {
  Counter: [Counter as never, (metric: Counter) => metric.inc(), /^m 1$/m],
  Gauge: [Gauge as never, (metric: Gauge) => metric.inc(), /^m 1$/m],
  Histogram: [Histogram as never, (metric: Histogram) => metric.observe(1), /^m_count 1$/m],
  Summary: [Summary as never, (metric: Summary) => metric.observe(1), /^m_count 1$/m],
};

for (const [kind, [Class, act, line]] of Object.entries(KINDS)) {
  test(kind, async (t) => {
    t.regex(await collected(Class, act)[0].metrics(), line);
    t.regex(await collected(Class, act)[0].getSingleMetricAsString('m'), line);
    t.regex(await Registry.merge([collected(Class, act)[0]]).metrics(), line);
    t.regex(await collected(Class, act)[0].openMetrics(), /^m(?:_count|_total)? 1(?:\.0)?$/m);
    const [, metric] = collected(Class, act);
    t.is((await metric.get()).values.at(-1)?.value, 1);
    const [{ values } = { values: [] }] = await collected(Class, act)[0].getMetricsAsJSON();
    t.is(values.at(-1)?.value, 1);
  });
}

test('a metric of somebody else', async (t) => {
  const registry = new Registry();
  const value = { name: 'm', help: 'H', type: 'gauge', values: [{ value: 1, labels: {} }] };
  const get = async (): Promise<unknown> => Foreign.resolve(value);
  registry.registerMetric({ name: 'm', get } as never);
  t.regex(await registry.metrics(), /^m 1$/m);
});

test('with the global Promise replaced', async (t) => {
  const { Promise: own } = globalThis;
  const registry = new Registry();
  class Replaced<T> extends own<T> {}
  const gauge = new Gauge({
    name: 'm',
    help: 'H',
    registers: [registry],
    collect: async () => {
      await sleep(5);
      gauge.set(7);
    },
  });
  globalThis.Promise = Replaced as PromiseConstructor;
  try {
    t.regex(await registry.metrics(), /^m 7$/m);
  } finally {
    globalThis.Promise = own;
  }
});
