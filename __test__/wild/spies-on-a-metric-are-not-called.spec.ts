// "jest.spyOn(counter, 'inc') is called once with prom-client when counter.labels('x').inc() runs, and never here."
//
// Children, timers and instruments go by the methods that their metric has now. The same steps run with prom-client.

import test from 'ava';
import { createRequire } from 'node:module';
import * as own from '../../index';

type Client = typeof own;
const original = createRequire(import.meta.url)('prom-client') as Client;

/** Puts functions in the place of methods, and returns the calls of them. */
function spied(metric: object, names: readonly string[]): unknown[][] {
  const calls: unknown[][] = [];
  for (const name of names) {
    Object.assign(metric, { [name]: (...args: unknown[]) => void calls.push([name, ...args]) });
  }
  return calls;
}

/** A time is any number. */
function withoutTimes(calls: unknown[][]): unknown[] {
  return calls.map((call) => call.map((arg) => (Number(arg) > 1e9 ? 'now' : arg)));
}

function options(client: Client): {
  help: string;
  labelNames: string[];
  registers: own.Registry[];
} {
  return { help: 'H', labelNames: ['x'], registers: [new client.Registry()] };
}

const STEPS: Record<string, (client: Client) => unknown[][]> = {
  'the child of a counter': (client) => {
    const counter = new client.Counter({ name: 'c', ...options(client) });
    const calls = spied(counter, ['inc']);
    counter.labels('a').inc();
    counter.labels({ x: 'b' }).inc(3);
    return calls;
  },
  'the child of a gauge': (client) => {
    const gauge = new client.Gauge({ name: 'g', ...options(client) });
    const calls = spied(gauge, ['set', 'inc', 'dec']);
    const child = gauge.labels('a');
    child.set(1);
    child.inc();
    child.inc(2);
    child.dec();
    child.dec(3);
    child.setToCurrentTime();
    return calls;
  },
  'a gauge that is set to the time': (client) => {
    const gauge = new client.Gauge({ name: 'g', ...options(client) });
    const calls = spied(gauge, ['set']);
    gauge.setToCurrentTime();
    gauge.setToCurrentTime({ x: 'a' });
    return calls;
  },
  'methods of a gauge by which its child goes': (client) => {
    const gauge = new client.Gauge({ name: 'g', ...options(client) });
    const calls = spied(gauge, ['setToCurrentTime', 'startTimer']);
    gauge.labels('a').setToCurrentTime();
    gauge.labels('a').startTimer();
    return calls;
  },
  'a subclass of a gauge': (client) => {
    const calls: unknown[][] = [];
    class Mine extends client.Gauge {
      override set(...args: unknown[]): void {
        calls.push(args);
      }
    }
    const gauge = new Mine({ name: 'g', ...options(client) });
    gauge.labels('a').set(5);
    gauge.setToCurrentTime({ x: 'a' });
    return calls;
  },
  'the prototype of gauges': (client) => {
    const gauge = new client.Gauge({ name: 'g', ...options(client) });
    const calls: unknown[][] = [];
    const { set } = client.Gauge.prototype;
    client.Gauge.prototype.set = (...args: unknown[]) => void calls.push(args);
    gauge.labels('a').set(5);
    client.Gauge.prototype.set = set;
    gauge.labels('a').set(6);
    return calls;
  },
  'the children of histograms and summaries do without': (client) => {
    const histogram = new client.Histogram({ name: 'h', ...options(client) });
    const summary = new client.Summary({ name: 's', ...options(client) });
    const calls = [histogram, summary].map((metric) => spied(metric, ['observe']));
    histogram.labels('a').observe(1);
    summary.labels('a').observe(1);
    return calls.flat();
  },
};

for (const [title, steps] of Object.entries(STEPS)) {
  test(title, (t) => {
    t.deepEqual(withoutTimes(steps(own)), withoutTimes(steps(original)));
  });
}

test('a child that was there before, and a spy that is taken away', async (t) => {
  const counter = new own.Counter({ name: 'c', ...options(own) });
  const child = counter.labels('a');
  child.inc();
  const calls = spied(counter, ['inc']);
  child.inc(7);
  t.deepEqual(calls, [['inc', { x: 'a' }, 7]]);
  delete (counter as Partial<own.Counter>).inc;
  child.inc();
  t.is((await counter.get()).values[0]?.value, 2);
});

test('a spy that passes calls on counts them once', async (t) => {
  const counter = new own.Counter({ name: 'c', ...options(own) });
  const gauge = new own.Gauge({ name: 'g', ...options(own) });
  for (const metric of [counter, gauge]) {
    const before = metric.inc.bind(metric) as (...args: unknown[]) => void;
    Object.assign(metric, { inc: (...args: unknown[]) => before(...args) });
    metric.labels('a').inc(2);
    metric.labels('a').inc();
    t.is((await metric.get()).values[0]?.value, 3);
  }
});

test('with exemplars', (t) => {
  const registers = [new own.Registry(own.openMetricsContentType)];
  const more = { ...options(own), registers, enableExemplars: true };
  const counter = new own.Counter({ name: 'c', ...more });
  const histogram = new own.Histogram({ name: 'h', ...more });
  counter.labels('a').inc();
  const calls = spied(counter, ['inc']);
  const observed = spied(histogram, ['observe']);
  counter.labels('a').inc(2);
  counter.count({ x: 'b' })(() => 1)();
  histogram.startTimer({ x: 'c' })();
  t.deepEqual(calls, [
    ['inc', { labels: { x: 'a' }, value: 2 }],
    ['inc', { labels: { x: 'b' } }],
  ]);
  t.is(observed.length, 1);
});

test('instruments', (t) => {
  const counter = new own.Counter({ name: 'c', ...options(own) });
  const histogram = new own.Histogram({ name: 'h', ...options(own) });
  const calls = [spied(counter, ['inc']), spied(histogram, ['observe'])];
  counter.count({ x: 'a' })(() => 1)();
  counter.labels('b').count()(() => 1)();
  histogram.time({ x: 'a' })(() => 1)();
  histogram.labels('b').time()(() => 1)();
  t.deepEqual(calls[0], [
    ['inc', { x: 'a' }],
    ['inc', { x: 'b' }],
  ]);
  t.deepEqual(
    calls[1]?.map(([name, labels]) => [name, labels]),
    [
      ['observe', { x: 'a' }],
      ['observe', { x: 'b' }],
    ],
  );
});

test('a subclass of a counter may go by its children', async (t) => {
  class Mine extends own.Counter {
    override inc(labels: unknown, value?: number): void {
      this.labels(labels as object).inc(value);
    }
  }
  const counter = new Mine({ name: 'c', ...options(own) });
  counter.inc({ x: 'a' }, 5);
  t.is((await counter.get()).values[0]?.value, 5);
});
