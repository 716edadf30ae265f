// The clock of the HTTP metrics.

// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';

// Kept, because the global property has a getter that takes a microsecond on the way of a request.
const performance = builtin.performance();

/** Milliseconds on a clock that never goes back. @internal */
export function now(): number {
  return performance.now();
}

/** The seconds since a value of `now()`. @internal */
export function secondsSince(start: number): number {
  return (now() - start) / 1000;
}
