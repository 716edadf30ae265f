// Compares the reads with the updates of the writers.
import { METRICS } from './metrics.mjs';

/**
 * @typedef {import('./metrics.mjs').Run} Run
 *
 * @typedef {object} Read one read, as the reader reports it
 * @property {[string, number][]} samples
 * @property {number} reads
 * @property {number} slowest the time of the longest read, in milliseconds
 * @property {string[]} wrong
 * @property {string[]} heaps
 *
 * @typedef {object} Totals the report of an application; `updates` of a writer are those of all metrics together
 * @property {Read} during the read while the last writers were live
 * @property {Read} after the read after their end
 * @property {Run['live']} live
 * @property {Run['dead']} dead
 * @property {number} slack
 * @property {boolean} [stays] whether the writers lived until the end
 * @property {string[]} [heaps] the heaps that it has used, by the names of their files
 */

/**
 * All errors of a report.
 *
 * @param {Totals} report
 * @returns {string[]}
 */
export function complaints({ during, after, live, dead, slack, stays }) {
  const everyone = [...live.flatMap(({ shares }) => shares), ...dead];
  return [
    ...after.wrong,
    ...verify(during, { live, dead, slack }),
    ...verify(after, stays ? { live, dead, slack } : { live: [], dead: everyone, slack }),
  ];
}

function verify({ samples }, run) {
  const shown = new Map(samples);
  return METRICS.flatMap((metric, place) => metric.verify(shown, ofMetric(run, place)));
}

/** The updates of one metric in a run. Each turn updates the metrics in the order of the table. */
function ofMetric({ live, dead, slack }, place) {
  const own = ({ writer, updates }) => ({
    writer,
    updates: Math.max(Math.ceil((updates - place) / METRICS.length), 0),
  });
  return {
    live: live.map(({ pid, shares }) => ({ pid, shares: shares.map(own) })),
    dead: dead.map(own),
    slack,
  };
}
