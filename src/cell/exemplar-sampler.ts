// The sampling of exemplars from active spans: when a bucket is looked at, and by whom.
//
// A look takes the time of many updates. So each isolate closes a bucket after a look. The heap then allows one isolate of
// the application to look again, at most once in 90 ms, or later if the bucket has a young exemplar. In between, an update
// compares two numbers.

import { exemplarOf } from '../labels/exemplar';
import { hasContexts, traceLabels, type ExemplarFilter } from '../instrument/active-span';
import { monotonic } from '../heap/clock';
import { exemplarWait, layout, seriesNumber } from '../heap/native';
import type { Cell } from './kinds';

/** The seconds of a tick. No bucket is looked at twice in the same one. */
const TICK = layout.lookInterval;
/** The series of a cell that is not bound. */
const NONE = -1;

/** The ticks since this file was loaded. Updates read them, and so nobody has to ask the clock. @internal */
export const ticks = { now: 0 };

const start = monotonic();
/** The last tick that a bucket waits for, and whether a timer goes. Without buckets that wait, no timer goes. */
let awaited = 0;
let isTicking = false;

function tick(): void {
  isTicking = false;
  ticks.now = Math.floor((monotonic() - start) / TICK);
  reach(awaited);
}

/** Has `ticks.now` reach that tick. */
function reach(last: number): void {
  awaited = Math.max(awaited, last);
  if (isTicking || awaited <= ticks.now) return;
  isTicking = true;
  // Fake timers of test tools and timers of other runtimes may return a number.
  (setTimeout(tick, TICK * 1000) as { unref?: () => void }).unref?.();
}

/** A cell in a heap, with its binding. */
interface BoundCell extends Cell<unknown> {
  readonly family: { readonly attachment: { readonly handle: number } };
  readonly cell: number;
  readonly generationPlace: number;
  readonly generation: number;
}

/** Samples the exemplars of one cell. @internal */
export class ExemplarSampler {
  readonly #cell: BoundCell;
  readonly #filter: ExemplarFilter;
  /** The series of the cell, and the binding for which its number was found. */
  #series = NONE;
  #place = 0;
  #generation = 0;

  constructor(cell: Cell<unknown>, filter: ExemplarFilter) {
    this.#cell = cell as BoundCell;
    this.#filter = filter;
  }

  /**
   * Looks for an exemplar of a bucket, if it is the turn of this isolate. Throws nothing.
   *
   * @param tag The number of the bucket, or of one of the exemplars of the last bucket.
   * @returns The tick from which on to look again.
   */
  look(tag: number, value: number): number {
    // A bucket without a turn, or without a span, may have one after a tick.
    let seconds: number = TICK;
    try {
      if (hasContexts()) seconds = this.#wait(tag);
      if (seconds === 0) this.#sample(value);
    } catch {
      // The API, a context manager or a span of the application has failed. The update was counted.
    }
    const next = Math.floor((monotonic() - start + Math.max(seconds, TICK)) / TICK);
    reach(next);
    return next;
  }

  /** After how many seconds this isolate may look at a bucket. */
  #wait(tag: number): number {
    const { family, cell, generationPlace, generation } = this.#cell;
    const { handle } = family.attachment;
    if (cell === 0) return TICK;
    if (generationPlace !== this.#place || generation !== this.#generation) {
      this.#series = seriesNumber(handle, cell, generationPlace, generation);
      this.#place = generationPlace;
      this.#generation = generation;
    }
    if (this.#series === NONE) return TICK;
    return exemplarWait(handle, cell, generationPlace, generation, this.#series, tag);
  }

  #sample(value: number): void {
    if (Number.isNaN(value)) return;
    const labels = traceLabels(this.#filter);
    if (labels !== undefined) this.#cell.exemplify?.(exemplarOf(labels, value));
  }
}
