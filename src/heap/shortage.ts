// Warnings about series that could not be made, and other failures in a heap: once for each metric and reason.

import { warn } from '../errors';
import type { FamilySpec, NativeHeap } from './native';

/** Why a series could not be made. @internal */
export type Shortage = Pick<NativeHeap, 'lastShortage' | 'lastLimit' | 'lastRefusal'>;

/** The family of such a series. @internal */
export interface ShortFamily {
  readonly name: string;
  readonly kind: FamilySpec['kind'];
  /** The cell that counts for series that cannot be made; null if there is none. */
  readonly overflow: object | null;
}

interface Explanation {
  readonly cause: string;
  readonly advice: string;
}

/** The code of the warning. A label with too many values asks for it at every update. */
function codeOf({ lastShortage, lastRefusal }: Shortage): string {
  if (lastRefusal != null) return 'MPMETRICS_NO_SHARED_MEMORY';
  return `MPMETRICS_${(lastShortage ?? 'full').toUpperCase()}`;
}

function explained({ lastShortage, lastLimit, lastRefusal }: Shortage): Explanation {
  if (lastRefusal != null) return { cause: lastRefusal, advice: 'This process tries again.' };
  if (lastShortage === 'busy') {
    return {
      cause: 'another process has held the lock of the label map for too long',
      advice:
        'It is stopped, by a debugger for example, or the machine is overloaded. This process tries again.',
    };
  }
  if (lastLimit != null) {
    const { series, ofHeap } = lastLimit;
    const limit = `limit of ${series} series`;
    return {
      cause: ofHeap
        ? `all metrics together have reached their ${limit}`
        : `the metric has reached its ${limit}`,
      advice: `Use labels with fewer values, or raise ${
        ofHeap
          ? 'MPMETRICS_MAX_SERIES (or maxSeries of open())'
          : 'MPMETRICS_SERIES_LIMIT (or seriesLimit of open())'
      }.`,
    };
  }
  return {
    cause: 'there is no room in shared memory',
    advice:
      'Use labels with fewer values, or provide more room (in a container: --shm-size, or a larger emptyDir at ' +
      '/dev/shm).',
  };
}

/** The reports of one attachment. @internal */
export class ShortageReports {
  readonly #made = new Set<string>();

  /** Reports that a series was dropped: `MPMETRICS_FULL`, `MPMETRICS_BUSY` or `MPMETRICS_LIMIT`, among others. */
  dropped({ name, kind, overflow }: ShortFamily, shortage: Shortage): void {
    const code = codeOf(shortage);
    if (!this.#isFirst(code, name)) return;
    const { cause, advice } = explained(shortage);
    const consequence =
      overflow === null
        ? `This ${kind} is missing on the page.`
        : 'Such series count in its series otel_metric_overflow="true".';
    warn(
      code,
      `A series of the metric ${name} could not be made: ${cause}. ${consequence} ${advice}`,
    );
  }

  /** Reports another failure, with the code of its error. */
  failed(subject: string, error: unknown): void {
    const { code = 'MPMETRICS_FULL' } = error as { code?: string };
    if (!this.#isFirst(code, subject)) return;
    warn(code, `An operation on ${subject} has failed. The application goes on.`, error);
  }

  /** Whether this is the first report of its code and subject. */
  #isFirst(code: string, subject: string): boolean {
    const key = `${code} ${subject}`;
    if (this.#made.has(key)) return false;
    this.#made.add(key);
    return true;
  }
}
