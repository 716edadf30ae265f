// Instruments that time calls, as wrappers, timers and resources, with callbacks instead of metrics.

import { once } from 'node:events';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { timeInstrument, type CallLabels } from '../src/instrument/instrument';

type Labels = Record<string, string | number>;

/** A timing instrument that writes down its records. */
function recorded(labels?: CallLabels<Labels>) {
  const records: { seconds: number; labels: Labels | undefined }[] = [];
  const instrument = timeInstrument<Labels>((seconds, given) => {
    records.push({ seconds, labels: given });
  }, labels);
  return { records, instrument };
}

/** The clock of this process, set by hand as fake timers do. */
function withClock(t: { teardown(undo: () => void): void }): { advance(seconds: number): void } {
  const real = performance.now;
  let now = 1000;
  performance.now = () => now;
  t.teardown(() => {
    performance.now = real;
  });
  return { advance: (seconds) => (now += seconds * 1000) };
}

test.serial('each call is timed from its beginning, not from time()', (t) => {
  const clock = withClock(t);
  const { records, instrument } = recorded();
  clock.advance(50);
  const work = instrument((seconds: number) => {
    clock.advance(seconds);
    return seconds;
  });
  t.is(work(2), 2);
  t.is(work(3), 3);
  t.deepEqual(records, [
    { seconds: 2, labels: undefined },
    { seconds: 3, labels: undefined },
  ]);
});

test.serial('a promise is timed until it settles', async (t) => {
  const clock = withClock(t);
  const { records, instrument } = recorded({ route: '/' });
  const work = instrument(async (fails: boolean) => {
    await Promise.resolve();
    clock.advance(4);
    if (fails) throw new Error('as it should');
    return 'done';
  });
  t.is(await work(false), 'done');
  await t.throwsAsync(work(true), { message: 'as it should' });
  t.deepEqual(records, [
    { seconds: 4, labels: { route: '/' } },
    { seconds: 4, labels: { route: '/' } },
  ]);
});

test.serial('a clock that goes back gives 0', (t) => {
  const clock = withClock(t);
  const { records, instrument } = recorded();
  instrument(() => clock.advance(-100))();
  t.is(records[0]?.seconds, 0);
});

test('this, arguments, result and error are passed on unchanged', (t) => {
  const { records, instrument } = recorded();
  const self = { factor: 3 };
  const times = instrument(function times(this: { factor: number }, value: number) {
    return this.factor * value;
  });
  t.is(times.call(self, 5), 15);
  const error = { not: 'an error' };
  const fails = instrument(() => {
    throw error;
  });
  t.is(t.throws(fails, { any: true }), error as unknown as Error);
  t.is(records.length, 2);
});

test('a labels function receives the call at its end', async (t) => {
  const calls: unknown[] = [];
  const { records, instrument } = recorded((call) => {
    calls.push(call);
    return { failed: 'error' in call ? 1 : 0 };
  });
  const error = new Error('as it should');
  const self = {};
  const work = instrument(async function work(this: unknown, fails: boolean) {
    if (fails) throw error;
    return 'done';
  });
  await work.call(self, false);
  await t.throwsAsync(work.call(self, true));
  t.deepEqual(calls, [
    { this: self, args: [false], result: 'done' },
    { this: self, args: [true], error },
  ]);
  t.deepEqual(
    records.map(({ labels }) => labels),
    [{ failed: 0 }, { failed: 1 }],
  );
});

test('labels are copied', (t) => {
  const labels: Labels = { route: '/' };
  const { records, instrument } = recorded(labels);
  labels['route'] = '/changed';
  instrument(() => undefined)();
  t.deepEqual(records[0]?.labels, { route: '/' });
});

test.serial('a labels function that throws is reported once and changes no call', async (t) => {
  const { records, instrument } = recorded(() => {
    throw new Error('no such route');
  });
  const warnings: (Error & { code?: string })[] = [];
  const listener = (warning: Error) => warnings.push(warning);
  process.on('warning', listener);
  t.teardown(() => process.off('warning', listener));
  const work = instrument((value: number) => value);
  t.is(work(1), 1);
  t.is(work(2), 2);
  t.is(await instrument(async () => 3)(), 3);
  instrument[Symbol.dispose]();
  await new Promise((resolve) => setImmediate(resolve));
  t.is(records.length, 0);
  t.is(warnings.length, 1);
  t.is(warnings[0]?.code, 'MPMETRICS_NOT_MEASURED');
  t.regex(String(warnings[0]?.message), /no such route/);
});

test.serial('unhandledRejection fires as without the instrument', async (t) => {
  const { records, instrument } = recorded();
  const reason = new Error('nobody listens');
  const fails = instrument(async () => {
    throw reason;
  });
  // AVA listens too, and would fail the file.
  const others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  t.teardown(() => others.forEach((listener) => process.on('unhandledRejection', listener)));
  const fired = once(process, 'unhandledRejection');
  const promise = fails();
  t.deepEqual(await fired, [reason, promise]);
  t.is(records.length, 1);
  process.removeAllListeners('unhandledRejection');
  const unexpected: unknown[] = [];
  process.on('unhandledRejection', (rejected) => unexpected.push(rejected));
  await fails().catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  process.removeAllListeners('unhandledRejection');
  t.deepEqual(unexpected, []);
});

test('a lazy thenable is neither started nor replaced', (t) => {
  const { records, instrument } = recorded();
  let started = 0;
  const query = {
    // oxlint-disable-next-line unicorn/no-thenable -- that is the point
    then(resolve: (rows: number) => void) {
      started += 1;
      resolve(1);
    },
  };
  t.is(instrument(() => query)(), query);
  t.is(started, 0);
  t.is(records.length, 1);
});

test('a promise with additional properties is passed on unchanged', async (t) => {
  class Query extends Promise<number> {}
  const subclass = Query.resolve(1);
  const cancellable = Object.assign(Promise.resolve(1), { cancel: () => undefined });
  const { records, instrument } = recorded();
  t.is(instrument(() => subclass)(), subclass);
  t.is(instrument(() => cancellable)(), cancellable);
  t.is(records.length, 2);
  await subclass;
});

test('a promise of another realm is timed until it settles', async (t) => {
  const { records, instrument } = recorded();
  const foreign = runInNewContext(
    '() => { let settle; const promise = new Promise((s) => { settle = s; }); return { promise, settle }; }',
  )() as {
    promise: Promise<number>;
    settle(value: number): void;
  };
  const promise = instrument(() => foreign.promise)();
  t.is(records.length, 0);
  foreign.settle(7);
  t.is(await promise, 7);
  t.is(records.length, 1);
});

test('a wrapper has the name, length and properties of its function', (t) => {
  const tag = Symbol('tag');
  const original = Object.assign(function handle(_first: number, _second: number) {}, {
    [tag]: 'route',
  });
  const wrapper = recorded().instrument(original);
  t.not(wrapper, original);
  t.is(wrapper.name, 'handle');
  t.is(wrapper.length, 2);
  t.is(wrapper[tag], 'route');
});

test('map() can wrap functions, although it passes an index too', (t) => {
  const { records, instrument } = recorded();
  const wrap = instrument as unknown as (work: () => number) => () => number;
  const handlers = [() => 1, () => 2].map(wrap);
  t.deepEqual(
    handlers.map((handle) => handle()),
    [1, 2],
  );
  t.is(records.length, 2);
});

test('only methods and functions are accepted', (t) => {
  const { instrument } = recorded();
  const wrap = instrument as unknown as (value: unknown, context?: unknown) => unknown;
  for (const value of [undefined, 5, {}]) {
    t.throws(() => wrap(value), { code: 'MPMETRICS_BAD_ARGUMENT' });
  }
  t.throws(() => wrap(() => 1, { kind: 'getter' }), { code: 'MPMETRICS_BAD_ARGUMENT' });
  t.throws(() => wrap({}, 'field'), { code: 'MPMETRICS_BAD_ARGUMENT' });
});

test.serial('a timer runs from time(), and stops once', (t) => {
  const clock = withClock(t);
  const { records, instrument } = recorded({ route: '/', code: 0 });
  clock.advance(2);
  const { stop } = instrument;
  t.is(stop({ code: 200 }), 2);
  clock.advance(1);
  t.is(stop(), 2);
  instrument[Symbol.dispose]();
  t.deepEqual(records, [{ seconds: 2, labels: { route: '/', code: 200 } }]);
});

test.serial('a resource stops at the end of its block', (t) => {
  const clock = withClock(t);
  const { records, instrument } = recorded();
  clock.advance(2);
  instrument[Symbol.dispose]();
  instrument[Symbol.dispose]();
  t.deepEqual(records, [{ seconds: 2, labels: undefined }]);
});

test.serial('without Symbol.dispose, the symbol of compilers is used', (t) => {
  const { dispose } = Symbol;
  const hidden = Symbol as { dispose?: symbol };
  if (!Reflect.deleteProperty(hidden, 'dispose')) {
    t.pass('this runtime has it for good');
    return;
  }
  t.teardown(() => Object.defineProperty(Symbol, 'dispose', { value: dispose }));
  const { records, instrument } = recorded();
  const key = Symbol.for('Symbol.dispose') as keyof typeof instrument;
  (instrument[key] as () => void)();
  t.is(records.length, 1);
});

test('stop() throws for labels that the metric refuses, using does not', (t) => {
  const refusing = () =>
    timeInstrument<Labels>(() => {
      throw new Error('Added label "z" is not included');
    });
  t.throws(() => refusing().stop({ z: 1 }), { message: /Added label/ });
  t.notThrows(() => refusing()[Symbol.dispose]());
});

test('a generator is timed as a call, because its body runs later', (t) => {
  const { records, instrument } = recorded();
  const numbers = instrument(function* numbers() {
    yield 1;
  });
  const iterator = numbers();
  t.is(records.length, 1);
  t.deepEqual([...iterator], [1]);
  t.is(records.length, 1);
});
