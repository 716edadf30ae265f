// The clock of the HTTP metrics.

/**
 * Milliseconds on a clock that goes back only when fake timers come or go. The function is looked up at each call, because
 * fake timers replace it. Looking up the global `performance` would take a microsecond on the way of a request.
 * @internal
 */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** The seconds since a value of `now()`. If the clock was replaced meanwhile, the result may be 0, and is never negative. @internal */
export function secondsSince(start: number): number {
  return Math.max(now() - start, 0) / 1e3;
}
