// `labelValues`: functions that normalise values of labels before they become series.

import test from 'ava';
import { Counter, Histogram, Registry } from '../index';
import { valuesOf } from './support/metrics';

const pattern = (path: string): string => path.replace(/\d+/g, ':id');

test('given values become one series, in each way of updating', async (t) => {
  const registers = [new Registry()];
  let calls = 0;
  const labelValues = {
    route: (path: string): string => {
      calls += 1;
      return pattern(path);
    },
  };
  const labelNames = ['route', 'code'] as const;
  const count = new Counter({ name: 'c', help: 'C', labelNames, labelValues, registers });
  count.inc({ route: '/users/1', code: 200 });
  count.inc({ code: 200, route: '/users/2' });
  count.labels('/users/3', '200').inc();
  count.labels({ route: '/users/:id', code: 200 }).inc();
  t.deepEqual(
    (await valuesOf(count)).map(({ labels, value }) => [labels, value]),
    [[{ route: '/users/:id', code: 200 }, 4]],
  );
  count.inc({ route: '/users/1', code: 200 });
  const before = calls;
  for (let time = 0; time < 2000; time += 1) count.inc({ route: '/users/1', code: 200 });
  t.is(calls, before, 'the result is remembered');
  for (let id = 0; id < 5000; id += 1) count.inc({ route: `/users/${id}`, code: 200 });
  t.is((await valuesOf(count))[0]?.value, 7005);
  count.remove({ route: '/users/17', code: 200 });
  t.deepEqual(await valuesOf(count), []);
  count.inc({ route: '/users/18', code: 200 });
  t.is((await valuesOf(count))[0]?.value, 1);
});

test('an error, or no text, leaves the value as it was given', async (t) => {
  const labelValues = {
    a: (): never => {
      throw new Error('no');
    },
    b: (): string => 7 as never,
  };
  const options = { name: 'h', help: 'H', labelNames: ['a', 'b'] as const, buckets: [1] };
  const seconds = new Histogram({ ...options, labelValues, registers: [new Registry()] });
  t.notThrows(() => seconds.observe({ a: 'x', b: 'y' }, 1));
  const [found] = await valuesOf(seconds as never);
  t.like(found?.labels, { a: 'x', b: 'y' });
});

test('an error that cannot be looked at leaves the value as it was given', async (t) => {
  const fail = (): never => {
    throw new Error('no message');
  };
  for (const thrown of [
    Object.defineProperty(new Error(), 'message', { get: fail }),
    Object.defineProperty(new Error(), 'message', { value: Symbol('no text') }),
    new Proxy(new Error(), { get: fail, getPrototypeOf: fail }),
    null,
  ]) {
    const labelValues = {
      a: (): never => {
        throw thrown;
      },
    };
    const options = { name: 'c', help: 'C', labelNames: ['a'] as const, labelValues };
    const count = new Counter({ ...options, registers: [new Registry()] });
    t.notThrows(() => count.inc({ a: 'x' }));
    t.like((await valuesOf(count))[0], { labels: { a: 'x' }, value: 1 });
  }
});

test('wrong options are refused', (t) => {
  for (const labelValues of [null, 5, { a: 1 }, { other: String }]) {
    const options = { name: 'c', help: 'C', labelNames: ['a'], registers: [] };
    t.throws(() => new Counter({ ...options, labelValues: labelValues as never }), {
      instanceOf: TypeError,
      code: 'MPMETRICS_BAD_ARGUMENT',
    });
  }
});
