// The machine's monotonic clock: the same for all its processes, so that their windows begin together.

/**
 * Seconds on the machine's monotonic clock. Looked up at each call, since fake timers replace it.
 * @internal
 */
export function monotonic(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds + nanoseconds / 1e9;
}
