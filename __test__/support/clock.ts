// The monotonic clock, set by hand.

/** Runs a function with a clock that the function sets. Tests with this clock run one after the other. */
export async function withClock(
  run: (set: (seconds: number) => void) => Promise<void>,
): Promise<void> {
  const { hrtime } = process;
  let now = 1_000_000;
  process.hrtime = (() => [Math.floor(now), Math.round((now % 1) * 1e9)]) as typeof hrtime;
  try {
    await run((seconds) => (now = 1_000_000 + seconds));
  } finally {
    process.hrtime = hrtime;
  }
}
