// Trying again: by a timer, and at later updates.

import { warn } from '../errors';
import type { Attachment } from './attachment';

/** The time before the first attempt, in milliseconds, and the longest time between two. Each is twice the one before. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 64_000;

const waiting = new Map<object, () => boolean>();
let wait = FIRST_WAIT;
let isPlanned = false;

/**
 * Tries something again until it succeeds. The timer keeps no process alive. An error of `act` ends no process: it is
 * reported once, and the attempt is repeated.
 *
 * @param subject The object of the attempts. For each object, only the first `act` is used.
 * @param act Makes an attempt. Returns true if no further attempt is needed.
 * @internal
 */
export function retry(subject: object, act: () => boolean): void {
  if (waiting.has(subject)) return;
  waiting.set(subject, act);
  plan();
}

function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  // Fake timers of test tools and timers of other runtimes may return a number.
  (setTimeout(ask, wait) as { unref?: () => void }).unref?.();
}

function ask(): void {
  isPlanned = false;
  wait = Math.min(2 * wait, LONGEST_WAIT);
  for (const [subject, act] of waiting) {
    try {
      if (act()) waiting.delete(subject);
    } catch (error) {
      complain(subject, error);
    }
  }
  if (waiting.size > 0) plan();
  else wait = FIRST_WAIT;
}

const complained = new WeakSet<object>();

function complain(subject: object, error: unknown): void {
  if (complained.has(subject)) return;
  complained.add(subject);
  warn(
    'MPMETRICS_RETRY',
    'Metrics could not be moved to their heap. This will be tried again.',
    error,
  );
}

/** The number of updates from one attempt to the next. */
const SKIPPED_ATTEMPTS = 64;

/** The wait after a failed attempt. It ends when memory was freed, or after some updates. @internal */
export class RetryBackoff {
  /** Whether the limit of a metric's series was the reason. */
  readonly isRefusal: boolean;
  readonly #attachment: Attachment;
  readonly #epoch: number;
  #left = SKIPPED_ATTEMPTS;

  /** Begins now, for that heap. */
  constructor(attachment: Attachment, isRefusal = attachment.lastShortage === 'limit') {
    this.#attachment = attachment;
    this.#epoch = attachment.spaceEpoch;
    this.isRefusal = isRefusal;
  }

  /** Whether to try again. Called at each update. */
  isOver(): boolean {
    this.#left -= 1;
    return this.#left <= 0 || this.#attachment.spaceEpoch !== this.#epoch;
  }
}
