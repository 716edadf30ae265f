// The cells of summaries: a count and a sum, kept consistent by a redo record, and a sketch of the values for each
// window.

import type { Location } from '../heap/arena';
import { monotonic } from '../heap/clock';
import type { Family } from '../heap/family';
import type { Labelled, LabelSet } from '../labels/label-set';
import {
  layout,
  summaryAdd,
  summaryBins,
  summaryObserve,
  summaryRepair,
  summarySpill,
  summaryRotate,
} from '../heap/native';
import { binOf, OCTAVE_BINS, octaveOf, RAW_VALUES, upperHalf } from './sketch';
import { indexOf, tagOf, windowNow, type Windows } from './windows';
import { DirectCell, NativeCell } from './cell';
import { CellGroup } from './cell-group';
import { RetryBackoff } from '../heap/retry';
import type { Summarized, SummaryCell } from './kinds';
import type { LocalSummaryCell } from './local-summary-cell';
import { mergeInto, summarizedAt } from './summary-contribution';

const SEQUENCE = layout.summarySequence;
const INTENT_COUNT = layout.summaryIntentCount;
const INTENT_SUM = layout.summaryIntentSum;
const COUNT = layout.summaryCount;
const SUM = layout.summarySum;
const WINDOWS = layout.summaryWindows;
const WINDOW_WORDS = layout.summaryWindowWords;
const TAG = layout.summaryTag;
const WINDOW_COUNT = layout.summaryWindowCount;
const SPILLED = layout.summarySpilled;
const RAW = layout.summaryRaw;

/**
 * Small numbers for the octaves that this isolate has met, in order. The values of one program lie in few of the 4096
 * octaves, so a cell's list of octaves stays short. 0: not met yet.
 */
const rankOfOctave = new Uint16Array(4096);
let octavesMet = 0;

type Local = (labels: LabelSet) => LocalSummaryCell;
/** The bins of a window's octaves, by the small numbers of the octaves. */
type Octaves = (Float64Array | undefined)[];
/**
 * The octaves that were found in a window, and the number of the window then. A window with another number begins
 * without bins.
 */
interface Found {
  readonly number: number;
  readonly octaves: Octaves;
}

/** A summary in a heap, updated by stores. */
export class DirectSummaryCell extends DirectCell<Summarized, SummaryCell> implements SummaryCell {
  readonly windows: Windows;
  readonly hasWindows: boolean;
  /** The chunk with the cell, as halves of words, and the index of the sequence number there. */
  u32 = this.generations;
  sequence = 0;
  /** The present window: its number, and its index in `f64`. */
  number = 0;
  window = 0;
  /** The time in which the window takes values, in seconds of the monotonic clock. */
  since = 0;
  until = 0;
  /** The bins of the present window, and those of all windows. */
  octaves: Octaves = [];
  readonly found: Found[] = [];
  /** Decides when to try again, while there is no room for bins. */
  backoff: RetryBackoff | null = null;

  constructor(family: Family, series: Labelled, local: Local, windows: Windows) {
    super(family, series, local);
    this.windows = windows;
    this.hasWindows = windows.count !== 0;
  }

  observe(value: number): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().observe(value);
      return;
    }
    if (this.hasWindows) this.follow();
    this.sketch(value);
    this.add(1, value);
  }

  /** Enters the present window. This is the only reading of the clock in an update. */
  follow(): void {
    const now = monotonic();
    if (now < this.until && now >= this.since) return;
    const { interval } = this.windows;
    this.enter(Math.floor(now / interval));
    this.since = this.number * interval;
    this.until = this.since + interval;
  }

  /** Enters the window of that number, and clears it if it still has values of an earlier window. */
  enter(number: number): void {
    const index = indexOf(this.windows, number);
    this.number = number;
    this.window = this.word + WINDOWS + index * WINDOW_WORDS;
    let found = this.found[index];
    if (found?.number !== number) found = this.found[index] = { number, octaves: [] };
    this.octaves = found.octaves;
    if (this.cell === 0 || this.f64[this.window + TAG] === number + 1) return;
    summaryRotate(this.handle, this.cell, this.generationPlace, this.generation, number);
  }

  /**
   * Puts a value into the window. A concurrent reader may miss it. Without room for bins, the value is missing from the
   * quantiles.
   */
  sketch(value: number): void {
    const upper = upperHalf(value);
    let bins = this.octaves[rankOfOctave[octaveOf(upper)] as number] ?? null;
    // If the bins of the octave are known, the window has bins, and most updates need no further check.
    if (bins === null) {
      if (!this.isSpilled() && this.keep(value)) return;
      bins = this.bins(upper);
    }
    if (bins !== null) (bins[binOf(upper)] as number) += 1;
  }

  isSpilled(): boolean {
    return this.f64[this.window + SPILLED] === RAW_VALUES;
  }

  /** Keeps one of the first 32 values as a single value. False: the window is full, and its values are in bins now. */
  keep(value: number): boolean {
    const { f64, window } = this;
    const count = f64[window + WINDOW_COUNT] as number;
    if (count >= RAW_VALUES) return !this.spill();
    f64[window + RAW + count] = value;
    // Stored last: the value must be there before it counts.
    f64[window + WINDOW_COUNT] = count + 1;
    return true;
  }

  /**
   * Adds to count and sum by a redo record. `histogram-cell.ts` explains why only stores of numbers stand between odd
   * and even.
   */
  add(observations: number, value: number): void {
    const { f64, u32, word, sequence } = this;
    if (((u32[sequence] as number) & 1) !== 0) this.repair();
    const even = u32[sequence] as number;
    const count = (f64[word + COUNT] as number) + observations;
    const sum = (f64[word + SUM] as number) + value;
    f64[word + INTENT_COUNT] = count;
    f64[word + INTENT_SUM] = sum;
    u32[sequence] = even + 1;
    f64[word + COUNT] = count;
    f64[word + SUM] = sum;
    u32[sequence] = even + 2;
  }

  /** Completes an update of this isolate that was interrupted, by a stack overflow for example. */
  repair(): void {
    summaryRepair(this.handle, this.cell, this.generationPlace, this.generation);
  }

  /** Moves the single values into bins. False: there is no room. */
  spill(): boolean {
    const { handle, cell, generationPlace, generation, number } = this;
    if (this.backoff?.isOver() === false) return false;
    const isDone = summarySpill(handle, cell, generationPlace, generation, number);
    this.backoff = isDone ? null : new RetryBackoff(this.family.attachment);
    return isDone;
  }

  /** The bins of an octave that this cell did not have yet. Null: there is no room. */
  bins(upper: number): Float64Array | null {
    if (this.backoff?.isOver() === false) return null;
    const { handle, cell, generationPlace, generation, family } = this;
    const octave = octaveOf(upper);
    const tag = tagOf(octave, this.windows, this.number);
    const place = summaryBins(handle, cell, generationPlace, generation, tag);
    const location = place === 0 ? null : family.attachment.locate(place);
    this.backoff = location === null ? new RetryBackoff(family.attachment) : null;
    if (location === null) return null;
    const bins = location.f64.subarray(location.base, location.base + OCTAVE_BINS);
    const rank = (rankOfOctave[octave] ||= octavesMet += 1);
    while (this.octaves.length < rank) this.octaves.push(undefined);
    this.octaves[rank] = bins;
    return bins;
  }

  protected override pointTo(location: Location): void {
    super.pointTo(location);
    this.u32 = location.u32;
    this.sequence = 2 * (location.base + SEQUENCE);
    this.found.length = 0;
    this.backoff = null;
    this.rest();
  }

  /**
   * Leaves the present window. The next update enters the right one. A summary without windows has the single window 0.
   */
  rest(): void {
    this.until = 0;
    if (!this.hasWindows) this.enter(0);
  }

  protected override readAt(location: Location): Summarized {
    return summarizedAt(location, this.windows, this.family.attachment);
  }

  merge(contribution: Summarized): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().merge(contribution);
      return;
    }
    mergeInto(contribution, this.windows, {
      put: (number, value) => {
        this.enter(number);
        this.sketch(value);
      },
      putMany: (number, value, times) => {
        this.enter(number);
        const upper = upperHalf(value);
        const bins = this.isSpilled() || this.spill() ? this.bins(upper) : null;
        if (bins !== null) (bins[binOf(upper)] as number) += times;
      },
    });
    this.rest();
    this.add(contribution.count, contribution.sum);
  }
}

/** A summary in a heap, updated by the binding. */
export class NativeSummaryCell extends NativeCell<Summarized, SummaryCell> implements SummaryCell {
  readonly windows: Windows;

  constructor(family: Family, series: Labelled, local: Local, windows: Windows) {
    super(family, series, local);
    this.windows = windows;
  }

  observe(value: number): void {
    const number = windowNow(this.windows);
    if (this.storedIn(number, value) || (this.attend() && this.storedIn(number, value))) return;
    this.keeper().observe(value);
  }

  storedIn(number: number, value: number): boolean {
    const { handle, cell, generationPlace, generation } = this;
    return cell !== 0 && summaryObserve(handle, cell, generationPlace, generation, number, value);
  }

  protected override readAt(location: Location): Summarized {
    return summarizedAt(location, this.windows, this.family.attachment);
  }

  merge(contribution: Summarized): void {
    if (this.cell === 0 && !this.attend()) {
      this.keeper().merge(contribution);
      return;
    }
    let count = 0;
    let sum = 0;
    mergeInto(contribution, this.windows, {
      put: (number, value) => {
        if (!this.storedIn(number, value)) return;
        count += 1;
        sum += value;
      },
      putMany: (number, value, times) => this.addToBin(number, value, times),
    });
    const { handle, cell, generationPlace, generation } = this;
    summaryAdd(
      handle,
      cell,
      generationPlace,
      generation,
      contribution.count - count,
      contribution.sum - sum,
    );
  }

  /** Each bin is an independent number, and only this isolate stores to it. So no order has to be kept. */
  addToBin(number: number, value: number, times: number): void {
    const { handle, cell, generationPlace, generation, family } = this;
    const upper = upperHalf(value);
    const tag = tagOf(octaveOf(upper), this.windows, number);
    const place = summaryBins(handle, cell, generationPlace, generation, tag);
    const location = place === 0 ? null : family.attachment.locate(place);
    if (location !== null) (location.f64[location.base + binOf(upper)] as number) += times;
  }
}

/** A summary in several heaps, or under several sets of default labels. */
export class SummaryCellGroup extends CellGroup<Summarized, SummaryCell> implements SummaryCell {
  observe(value: number): void {
    for (const member of this.members) member.observe(value);
  }
}
