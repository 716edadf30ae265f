// Warnings about series that could not be made, and other failures in a heap: once for each metric and reason.

import { warn } from '../errors';
import type { NativeHeap } from './native';

type Reason = NonNullable<NativeHeap['lastShortage']>;

/** The advice for each reason. */
const ADVICE: Record<Reason, string> = {
  full:
    'there is no room in shared memory. Use labels with fewer values, or provide more room (in a container: ' +
    '--shm-size, or a larger emptyDir at /dev/shm).',
  busy:
    'another process has held the lock of the label map for too long. It is stopped, by a debugger for example, or the ' +
    'machine is overloaded. This process tries again.',
  limit:
    'it has reached its limit of series, or the application has. Use labels with fewer values, or raise seriesLimit or ' +
    'MPMETRICS_SERIES_LIMIT (of a metric), or maxSeries or MPMETRICS_MAX_SERIES (of all metrics).',
};

/** The consequence for counts. */
const COUNTED =
  'Counters, histograms and summaries with labels count in the series otel_metric_overflow="true" meanwhile.';

/** The reports of one attachment. @internal */
export class ShortageReports {
  readonly #made = new Set<string>();

  /**
   * Reports that a series was dropped: `MPMETRICS_FULL`, `MPMETRICS_BUSY` or `MPMETRICS_LIMIT`.
   *
   * @param metric The metric's name.
   * @param reason The reason; null if the heap does not know it.
   * @param refusal The system's own message, if memory was not simply full: `MPMETRICS_NO_SHARED_MEMORY`.
   */
  dropped(metric: string, reason: Reason | null, refusal?: string | null): void {
    const isRefused = refusal !== undefined && refusal !== null;
    this.#once(
      isRefused ? 'MPMETRICS_NO_SHARED_MEMORY' : `MPMETRICS_${(reason ?? 'full').toUpperCase()}`,
      metric,
      `A series of the metric ${metric} could not be made: ` +
        `${isRefused ? `${refusal}. It will be tried again.` : ADVICE[reason ?? 'full']} The application goes on. ` +
        `${COUNTED} mpmetrics_dropped_series_total counts such series.`,
    );
  }

  /** Reports another failure, with the code of its error. */
  failed(subject: string, error: unknown): void {
    const { code = 'MPMETRICS_FULL' } = error as { code?: string };
    const message = `An operation on ${subject} has failed. The application goes on.`;
    this.#once(code, subject, message, error);
  }

  #once(code: string, subject: string, message: string, detail?: unknown): void {
    const key = `${code} ${subject}`;
    if (this.#made.has(key)) return;
    this.#made.add(key);
    warn(code, message, detail);
  }
}
