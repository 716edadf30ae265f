// When something that could not be had is asked for again.

import type { Attachment } from '../heap/attachment';

/** After so many attempts that were not made, one is made. */
const PATIENCE = 64;

/** The time from a failure for want of memory until the next try: when memory was freed, and now and then. */
export class Drought {
  /** Whether it was for the limit of a metric's series. */
  readonly isRefusal: boolean;
  readonly #attachment: Attachment;
  readonly #epoch: number;
  #left = PATIENCE;

  /** Begins now, in that heap. */
  constructor(attachment: Attachment) {
    this.#attachment = attachment;
    this.#epoch = attachment.spaceEpoch;
    this.isRefusal = attachment.lastShortage === 'limit';
  }

  /** Whether to try again. Asked at each update. */
  isOver(): boolean {
    this.#left -= 1;
    return this.#left <= 0 || this.#attachment.spaceEpoch !== this.#epoch;
  }
}
