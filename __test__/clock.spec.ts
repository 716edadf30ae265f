// The clock that numbers windows.

import test from 'ava';
import { monotonic } from '../src/heap/clock';
import { machineClock } from '../src/heap/native';
import { run } from './support/run';

test('the clock is that of the machine, and advances', (t) => {
  const machine = machineClock();
  if (machine === null) return void t.fail('the binding has a clock');
  t.true(Math.abs(monotonic() - machine) < 5);
  t.true(monotonic() >= monotonic() - 1 && monotonic() > 0);
});

test('the clock follows fake timers that replace the clock of the runtime', (t) => {
  const { hrtime } = process;
  const before = monotonic();
  const [seconds, nanoseconds] = hrtime();
  process.hrtime = (() => [seconds + 3600, nanoseconds]) as typeof hrtime;
  try {
    const passed = monotonic() - before;
    t.true(passed >= 3599 && passed < 3660, `${passed}`);
  } finally {
    process.hrtime = hrtime;
  }
});

test('window numbers do not depend on where the clock of the runtime begins', async (t) => {
  // Deno's clock begins with the process. The import is hoisted, so `--import` must replace the clock before it.
  const late = `data:text/javascript,${encodeURIComponent(
    'const real = process.hrtime; const begin = real(); process.hrtime = () => real(begin);',
  )}`;
  const clock = JSON.stringify(new URL('../src/heap/clock.ts', import.meta.url).href);
  const { stdout } = await run(
    `const { monotonic } = await import(${clock}); console.log(monotonic(), process.hrtime()[0]);`,
    { NODE_OPTIONS: `--import=${late}` },
  );
  const [there, own] = stdout.split(' ').map(Number) as [number, number];
  t.true(own < 60, stdout);
  t.true(Math.abs(there - monotonic()) < 60, stdout);
});
