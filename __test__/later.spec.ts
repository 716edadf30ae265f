// Retries after a delay, and errors during a retry.

import test from 'ava';
import { askAgain } from '../src/heap/retry';

test.serial('an error ends nothing, is reported once, and is retried with the others', (t) => {
  const { setTimeout } = globalThis;
  const { emitWarning } = process;
  t.teardown(() => Object.assign(globalThis, { setTimeout }));
  t.teardown(() => Object.assign(process, { emitWarning }));
  const planned: (() => void)[] = [];
  const waits: number[] = [];
  Object.assign(globalThis, {
    setTimeout: (act: () => void, wait: number) => {
      planned.push(act);
      waits.push(wait);
      return 0;
    },
  });
  const warnings: [message: string, options: { code: string; detail: string }][] = [];
  process.emitWarning = ((...said: (typeof warnings)[0]) => warnings.push(said)) as never;

  const tries = { failing: 0, waiting: 0 };
  askAgain(tries, () => {
    tries.failing += 1;
    if (tries.failing < 4) throw new Error(`as it should ${tries.failing}`);
    return true;
  });
  askAgain(planned, () => {
    tries.waiting += 1;
    return tries.waiting === 2;
  });
  for (let act = planned.shift(); act !== undefined; act = planned.shift()) act();

  t.deepEqual(tries, { failing: 4, waiting: 2 });
  t.deepEqual(waits, [1000, 2000, 4000, 8000]);
  t.is(warnings.length, 1);
  const [[message, options]] = warnings as [(typeof warnings)[0]];
  t.regex(message, /tried again/);
  t.like(options, { type: 'MpmetricsWarning', code: 'MPMETRICS_RETRY', detail: 'as it should 1' });

  // The next retry begins with the first delay.
  askAgain({}, () => true);
  t.deepEqual(waits.slice(4), [1000]);
});
