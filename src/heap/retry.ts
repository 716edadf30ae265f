// Trying again: by a timer, and at later updates.

import { warn } from '../errors';
import type { Attachment } from './attachment';

/** The time until the first try, in milliseconds, and the longest time between two: each is twice the one before. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 64_000;

const waiting = new Map<object, () => boolean>();
let wait = FIRST_WAIT;
let isPlanned = false;

/**
 * Has something tried again until it succeeds. It keeps no process alive, and what it throws ends none: nobody is there to
 * catch it, so the user is told once.
 *
 * @param subject What it is for: one try is made for each, the first that was asked for.
 * @param act Tries, and returns whether that was the last time.
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
  // Fake timers of test tools, and those of other runtimes, may give a number.
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
    'Metrics that could not be where they belong at first could not be taken there. That is tried again.',
    error,
  );
}

/** So many updates skip their attempt, then one makes it. */
const SKIPPED_ATTEMPTS = 64;

/**
 * The wait after an attempt that failed for want of memory. It ends when memory was freed, and after some updates.
 * @internal
 */
export class RetryBackoff {
  /** Whether it was for the limit of a metric's series. */
  readonly isRefusal: boolean;
  readonly #attachment: Attachment;
  readonly #epoch: number;
  #left = SKIPPED_ATTEMPTS;

  /** Begins now, in that heap. */
  constructor(attachment: Attachment, isRefusal = attachment.lastShortage === 'limit') {
    this.#attachment = attachment;
    this.#epoch = attachment.spaceEpoch;
    this.isRefusal = isRefusal;
  }

  /** Whether to try again. Asked at each update. */
  isOver(): boolean {
    this.#left -= 1;
    return this.#left <= 0 || this.#attachment.spaceEpoch !== this.#epoch;
  }
}
