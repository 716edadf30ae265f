// Says what could not be had or done in a heap, and what to do about it: once for each metric and reason.

import { warn } from '../errors';
import type { NativeHeap } from './native';

type Reason = NonNullable<NativeHeap['lastShortage']>;

/** What to do when a series can't be made. */
const ADVICE: Record<Reason, string> = {
  full:
    'there is no room in shared memory. What it counts is kept by this process until there is. Use labels with fewer ' +
    'values, or give it more room (in a container: --shm-size, or a larger emptyDir at /dev/shm).',
  busy:
    'another process has held the lock of the label map for too long; is one stopped, as by a debugger? What it ' +
    'counts is kept by this process, and it will be tried again.',
  limit:
    'it has as many series as it may have. Use labels with fewer values, or raise seriesLimit or ' +
    'MPMETRICS_SERIES_LIMIT.',
};

/** What becomes of the counts when the system gives no memory for another reason. */
const KEPT = 'What it counts is kept by this process, and it will be tried again.';

/** The reports of one seat in a heap. @internal */
export class ShortageReports {
  readonly #made = new Set<string>();

  /**
   * Reports that a series was dropped: `MPMETRICS_FULL`, `MPMETRICS_BUSY` or `MPMETRICS_LIMIT`.
   *
   * @param metric The metric's name.
   * @param reason Why; null where the heap does not say.
   * @param refusal What the system said, where memory was not simply full: `MPMETRICS_NO_SHARED_MEMORY`.
   */
  dropped(metric: string, reason: Reason | null, refusal?: string | null): void {
    const isRefused = refusal !== undefined && refusal !== null;
    this.#once(
      isRefused ? 'MPMETRICS_NO_SHARED_MEMORY' : `MPMETRICS_${(reason ?? 'full').toUpperCase()}`,
      metric,
      `A series of the metric ${metric} could not be made: ` +
        `${isRefused ? `${refusal}. ${KEPT}` : ADVICE[reason ?? 'full']} The application goes on; ` +
        'mpmetrics_dropped_series_total counts such series.',
    );
  }

  /** Reports that something else could not be done, with the code of its error. */
  failed(subject: string, error: unknown): void {
    const { code = 'MPMETRICS_FULL' } = error as { code?: string };
    const message = `What was asked of ${subject} could not be done. The application goes on.`;
    this.#once(code, subject, message, error);
  }

  #once(code: string, subject: string, message: string, detail?: unknown): void {
    const key = `${code} ${subject}`;
    if (this.#made.has(key)) return;
    this.#made.add(key);
    warn(code, message, detail);
  }
}
