// The clock by which windows are numbered.

import test from 'ava';
import { monotonic } from '../src/heap/clock';
import { machineClock } from '../src/heap/native';
import { run } from './support/run';

test('it is that of the machine, and goes on', (t) => {
  const machine = machineClock();
  if (machine === null) return void t.fail('the binding has a clock');
  t.true(Math.abs(monotonic() - machine) < 5);
  t.true(monotonic() >= monotonic() - 1 && monotonic() > 0);
});

test('fake timers that replace the clock of the runtime are followed', (t) => {
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

test('where the clock of the runtime begins with the process, windows are numbered alike', async (t) => {
  // As Deno's does. The import is hoisted, so the replacement has to be in place by `--import`.
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
