// The machine's monotonic clock: the same for all its processes, so that their windows begin together.

import { machineClock } from './native';

/** Both clocks are looked at one after the other: less than this many seconds between them is no difference. */
const TOLERANCE = 0.1;

/** This runtime's own clock, in seconds. Looked up at each call, since fake timers replace it. */
function ownClock(): number {
  const time = process.hrtime();
  return time[0] + time[1] / 1e9;
}

/** How many seconds the own clock is behind that of the machine: of some runtimes it begins with the process. */
const behind = difference();

function difference(): number {
  const seconds = (machineClock() ?? ownClock()) - ownClock();
  return Math.abs(seconds) < TOLERANCE ? 0 : seconds;
}

/**
 * Seconds on the machine's monotonic clock.
 * @internal
 */
export function monotonic(): number {
  return ownClock() + behind;
}

/**
 * Begins to measure, and returns what says how many seconds it has been since: by `process.hrtime`, as prom-client does,
 * which fake timers replace.
 * @internal
 */
export function stopwatch(): () => number {
  const start = process.hrtime();
  return () => {
    const [seconds, nanoseconds] = process.hrtime(start);
    return seconds + nanoseconds / 1e9;
  };
}
