// Instruments that count calls, exceptions and running calls, with callbacks instead of metrics.

import { EventEmitter, once } from 'node:events';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import {
  countExceptionsInstrument,
  countInstrument,
  inProgressInstrument,
} from '../src/instrument/instrument';

type Labels = Record<string, string | number>;

test('calls with fixed labels are counted at their beginning', async (t) => {
  const counted: unknown[] = [];
  const instrument = countInstrument<Labels>((labels) => counted.push(labels), { route: '/' });
  const promise = Promise.resolve(1);
  t.is(instrument(() => promise)(), promise);
  t.deepEqual(counted, [{ route: '/' }]);
  t.throws(
    instrument(() => {
      throw new Error('as it should');
    }),
  );
  t.is(counted.length, 2);
});

test('calls with a labels function are counted at their end', async (t) => {
  const counted: unknown[] = [];
  const instrument = countInstrument<Labels>(
    (labels) => counted.push(labels),
    (call) => ({ code: call.result }),
  );
  const promise = instrument(async () => 200)();
  t.deepEqual(counted, []);
  await promise;
  t.deepEqual(counted, [{ code: 200 }]);
});

test('exceptions are counted: all, or those of a class or a predicate', async (t) => {
  class Outcome {
    readonly status = 500;
  }
  const seen = { all: 0, type: 0, predicate: 0, several: 0, class: 0 };
  const instruments = [
    countExceptionsInstrument(() => (seen.all += 1), []),
    countExceptionsInstrument(() => (seen.type += 1), [TypeError]),
    countExceptionsInstrument(
      () => (seen.predicate += 1),
      [(error) => (error as Error).message === 'range'],
    ),
    countExceptionsInstrument(() => (seen.several += 1), [RangeError, TypeError]),
    countExceptionsInstrument(() => (seen.class += 1), [Outcome]),
  ];
  const fail = (error: unknown): void => {
    throw error;
  };
  let work = fail;
  let later = async (error: unknown): Promise<void> => fail(error);
  for (const instrument of instruments) {
    work = instrument(work);
    later = instrument(later);
  }
  for (const error of [new TypeError('type'), new RangeError('range'), new Outcome(), undefined]) {
    t.throws(() => work(error), { any: true });
    await later(error).then(
      () => t.fail('it resolved'),
      (reason: unknown) => t.is(reason, error),
    );
  }
  // The predicate fails for undefined: this is reported, and not counted.
  t.deepEqual(seen, { all: 8, type: 2, predicate: 2, several: 4, class: 2 });
  const fine = instruments[0]?.(() => 1);
  t.is(fine?.(), 1);
  t.is(seen.all, 8);
});

test('an error of another realm counts as an Error', (t) => {
  let counted = 0;
  const work = countExceptionsInstrument(
    () => (counted += 1),
    [Error],
  )(() => {
    throw runInNewContext('new Error("elsewhere")');
  });
  t.throws(work, { any: true });
  t.is(counted, 1);
});

test('running calls are tracked until they return, throw, resolve or reject', async (t) => {
  let active = 0;
  const instrument = inProgressInstrument(
    () => (active += 1),
    () => (active -= 1),
  );
  instrument(() => t.is(active, 1))();
  t.is(active, 0);
  t.throws(
    instrument(() => {
      throw new Error(`${active}`);
    }),
    { message: '1' },
  );
  t.is(active, 0);
  const gate = new EventEmitter();
  const waits = instrument(async (fails: boolean) => {
    await once(gate, 'open');
    if (fails) throw new Error('as it should');
  });
  const running = [waits(false), waits(true)];
  t.is(active, 2);
  gate.emit('open');
  await Promise.allSettled(running);
  t.is(active, 0);
});

test('a block is tracked, and left once', (t) => {
  let active = 0;
  const work = inProgressInstrument(
    () => (active += 1),
    () => (active -= 1),
  ).start();
  t.is(active, 1);
  work.stop();
  work[Symbol.dispose]();
  t.is(active, 0);
});

test('a call is left with the labels of its entry, and not at all after a failed entry', (t) => {
  const noted: unknown[] = [];
  const instrument = inProgressInstrument<Labels>(
    (labels) => {
      if (labels?.['route'] === '/none') throw new Error('no such label');
      noted.push(['enter', labels]);
    },
    (labels) => noted.push(['leave', labels]),
    (call) => ({ route: call.args[0] }),
  );
  const work = instrument((_route: string) => undefined);
  work('/');
  work('/none');
  t.deepEqual(noted, [
    ['enter', { route: '/' }],
    ['leave', { route: '/' }],
  ]);
});
