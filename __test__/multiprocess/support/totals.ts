// Holds what was read against what the writers have done.
import { METRICS, type Run } from './metrics.mjs';
import type { Report } from './run';

/** One read, as the reader reports it. */
interface Read {
  samples: [string, number][];
  reads: number;
  wrong: string[];
  heaps: string[];
}

/** What `application.mjs` reports. `updates` of a writer are those of all metrics together, in turn. */
export interface Totals extends Report {
  /** What was read while the last writers were there still. */
  during: Read;
  /** What was read when they were gone. */
  after: Read;
  live: Run['live'];
  dead: Run['dead'];
  slack: number;
  /** Whether the writers were there to the end. */
  stays?: boolean;
}

/** Everything that is wrong with a report. */
export function complaints({ during, after, live, dead, slack, stays }: Totals): string[] {
  const everyone = [...live.flatMap(({ shares }) => shares), ...dead];
  return [
    ...after.wrong,
    ...verify(during, { live, dead, slack }),
    ...verify(after, stays ? { live, dead, slack } : { live: [], dead: everyone, slack }),
  ];
}

function verify({ samples }: Pick<Read, 'samples'>, run: Run): string[] {
  const shown = new Map(samples);
  return METRICS.flatMap((metric, place) => metric.verify(shown, ofMetric(run, place)));
}

/** What a run has done to one metric: it is updated at every turn, after those that stand before it in the table. */
function ofMetric({ live, dead, slack }: Run, place: number): Run {
  const own = ({ writer, updates }: Run['dead'][number]) => ({
    writer,
    updates: Math.max(Math.ceil((updates - place) / METRICS.length), 0),
  });
  return {
    live: live.map(({ pid, shares }) => ({ pid, shares: shares.map(own) })),
    dead: dead.map(own),
    slack,
  };
}
