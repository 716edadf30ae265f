// The machine's monotonic clock, which is the same for all processes, so that their windows begin together.

import { machineClock } from './native';

/** A smaller difference of the two clocks, in seconds, comes from reading one after the other. */
const TOLERANCE = 0.1;

/** The runtime's own clock, in seconds. The function is looked up at each call, because fake timers replace it. */
function ownClock(): number {
  const time = process.hrtime();
  return time[0] + time[1] / 1e9;
}

/** How many seconds the runtime's clock is behind the machine's. In some runtimes it begins with the process. */
const behind = difference();

function difference(): number {
  const seconds = (machineClock() ?? ownClock()) - ownClock();
  return Math.abs(seconds) < TOLERANCE ? 0 : seconds;
}

/** Seconds on the machine's monotonic clock. @internal */
export function monotonic(): number {
  return ownClock() + behind;
}

/**
 * Starts a stopwatch. The returned function gives the seconds since then. As in prom-client the clock is
 * `process.hrtime`, which fake timers replace.
 * @internal
 */
export function stopwatch(): () => number {
  const start = process.hrtime();
  return () => {
    const [seconds, nanoseconds] = process.hrtime(start);
    return seconds + nanoseconds / 1e9;
  };
}
