// The summaries that writers and readers of quantiles declare.
import { Summary } from 'mpmetrics';

export const PERCENTILES = [0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/** The age at which `ofRecent` forgets values, in seconds. */
export const MAX_AGE = 3;

/**
 * Calls a function at that moment of the monotonic clock.
 *
 * @template Result
 * @param {[number, number]} moment as `process.hrtime()` tells it
 * @param {() => Result} does
 * @returns {Promise<Awaited<Result>>}
 */
export async function atMoment(moment, does) {
  const { hrtime } = process;
  process.hrtime = () => moment;
  try {
    return await does();
  } finally {
    process.hrtime = hrtime;
  }
}

/** Declares them. */
export function summaries() {
  const ofAll = new Summary({
    name: 'of_all',
    help: 'All values',
    labelNames: ['distribution'],
    percentiles: PERCENTILES,
  });
  const ofRecent = new Summary({
    name: 'of_recent',
    help: 'Recent values',
    percentiles: [0, 1],
    maxAgeSeconds: MAX_AGE,
    ageBuckets: 3,
  });
  return { ofAll, ofRecent };
}
