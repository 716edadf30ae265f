// The clock of the HTTP metrics.

import test from 'ava';
import { now, secondsSince } from '../src/http/clock';

test.serial('the clock follows fake timers, and comes back from them', (t) => {
  const { hrtime } = process;
  const before = now();
  const [seconds, nanoseconds] = hrtime();
  process.hrtime = (() => [seconds + 3600, nanoseconds]) as typeof hrtime;
  let within;
  try {
    within = now();
    t.true(secondsSince(before) >= 3599);
    t.is(secondsSince(within), 0);
  } finally {
    process.hrtime = hrtime;
  }
  t.true(now() >= before && now() < within);
});

test.serial('no time is negative, whatever becomes of the clock', (t) => {
  t.is(secondsSince(now() + 3_600_000), 0);
});
