// The cells of histograms: a count for each bucket and a sum, kept consistent by a redo record.

import type { Location } from '../heap/arena';
import type { Exemplar } from '../labels/exemplar';
import type { Family } from '../heap/family';
import type { Labelled, LabelSet } from '../labels/label-set';
import { histogramAdd, histogramObserve, histogramRepair, layout } from '../heap/native';
import { DirectCell, NativeCell } from './cell';
import { CellGroup } from './cell-group';
import type { ClassicBuckets } from './classic-buckets';
import type { HistogramCell, Observed } from './kinds';
import { leaveUnwrapped } from '../unwrapped';

const SEQUENCE = layout.histogramSequence;
const INTENT_BUCKET = layout.histogramIntentBucket;
const INTENT_COUNT = layout.histogramIntentCount;
const INTENT_SUM = layout.histogramIntentSum;
const SUM = layout.histogramSum;
const BUCKETS = layout.histogramBuckets;

/** A histogram in a heap, updated by stores. */
export class DirectHistogramCell
  extends DirectCell<Observed, HistogramCell>
  implements HistogramCell
{
  readonly buckets: ClassicBuckets;
  /** The chunk with the cell, as halves of words, and the index of the sequence number there. */
  u32 = this.generations;
  sequence = 0;

  constructor(
    family: Family,
    series: Labelled,
    local: (labels: LabelSet) => HistogramCell,
    buckets: ClassicBuckets,
  ) {
    super(family, series, local);
    this.buckets = buckets;
  }

  observe(value: number): number {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      return this.keeper().observe(value);
    }
    const bucket = this.buckets.of(value);
    this.add(bucket, 1, value);
    return bucket;
  }

  /**
   * One update. The intent is stored first. Then the sequence number is odd while count and sum are stored. A reader
   * that finds an odd number takes the values of the intent, and the next writer of the cell completes the update. So
   * the isolate may be stopped or killed at any point. Between odd and even stand only stores of numbers: a call or a
   * loop there could be interrupted by a stack overflow or `worker.terminate()`.
   */
  add(bucket: number, observations: number, sum: number): void {
    const f64 = this.f64;
    const u32 = this.u32;
    const word = this.word;
    const sequence = this.sequence;
    if (((u32[sequence] as number) & 1) !== 0) this.repair();
    const even = u32[sequence] as number;
    const count = (f64[word + BUCKETS + bucket] as number) + observations;
    const total = (f64[word + SUM] as number) + sum;
    f64[word + INTENT_BUCKET] = bucket;
    f64[word + INTENT_COUNT] = count;
    f64[word + INTENT_SUM] = total;
    u32[sequence] = even + 1;
    f64[word + BUCKETS + bucket] = count;
    f64[word + SUM] = total;
    u32[sequence] = even + 2;
  }

  /** Completes an update of this isolate that was interrupted, by a stack overflow for example. */
  repair(): void {
    histogramRepair(this.handle, this.cell);
  }

  protected override pointTo(location: Location): void {
    super.pointTo(location);
    this.u32 = location.u32;
    this.sequence = 2 * (location.base + SEQUENCE);
  }

  exemplify(exemplar: Exemplar): void {
    this.exemplifyAt(this.buckets.of(exemplar.value), exemplar);
  }

  protected override readAt(location: Location): Observed {
    return observedAt(location, this.buckets);
  }

  merge(contribution: Observed): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().merge(contribution);
      return;
    }
    const { sum, counts } = contribution;
    // The sum is added with the last bucket.
    const last = lastOf(counts);
    counts.forEach((count, bucket) => {
      if (count > 0) this.add(bucket, count, bucket === last ? sum : 0);
    });
  }
}

/** A histogram in a heap, updated by the binding. */
export class NativeHistogramCell
  extends NativeCell<Observed, HistogramCell>
  implements HistogramCell
{
  readonly buckets: ClassicBuckets;

  constructor(
    family: Family,
    series: Labelled,
    local: (labels: LabelSet) => HistogramCell,
    buckets: ClassicBuckets,
  ) {
    super(family, series, local);
    this.buckets = buckets;
  }

  observe(value: number): number {
    const bucket = this.buckets.of(value);
    const isStored = this.#stored(bucket, value) || (this.attend() && this.#stored(bucket, value));
    if (!isStored) this.keeper().observe(value);
    return bucket;
  }

  #stored(bucket: number, value: number): boolean {
    return (
      this.cell !== 0 &&
      histogramObserve(this.handle, this.cell, this.generationPlace, this.generation, bucket, value)
    );
  }

  exemplify(exemplar: Exemplar): void {
    this.exemplifyAt(this.buckets.of(exemplar.value), exemplar);
  }

  protected override readAt(location: Location): Observed {
    return observedAt(location, this.buckets);
  }

  merge(observed: Observed): void {
    if (this.cell === 0 && !this.attend()) {
      this.keeper().merge(observed);
      return;
    }
    const { sum, counts } = observed;
    const last = lastOf(counts);
    counts.forEach((count, bucket) => {
      if (count === 0) return;
      const added = bucket === last ? sum : 0;
      const { handle, cell, generationPlace, generation } = this;
      histogramAdd(handle, cell, generationPlace, generation, bucket, count, added);
    });
  }
}

/** A histogram outside of all heaps, or one that waits for its series. */
export class LocalHistogramCell implements HistogramCell {
  readonly labels: LabelSet;
  readonly buckets: ClassicBuckets;
  readonly #counts: number[];
  /** The newest exemplar of each bucket, if it has one. */
  readonly exemplars: Exemplar[] = [];
  #sum = 0;

  constructor(labels: LabelSet, buckets: ClassicBuckets) {
    this.labels = labels;
    this.buckets = buckets;
    this.#counts = Array.from({ length: buckets.length + 1 }, () => 0);
  }

  observe(value: number): number {
    const bucket = this.buckets.of(value);
    this.addTo(bucket, 1, value);
    return bucket;
  }

  /** Counts several observations of one bucket with that sum. */
  protected addTo(bucket: number, observations: number, sum: number): void {
    (this.#counts[bucket] as number) += observations;
    this.#sum += sum;
  }

  exemplify(exemplar: Exemplar): void {
    this.exemplars[this.buckets.of(exemplar.value)] = exemplar;
  }

  show(): void {}

  parts(): [] {
    return [];
  }

  read(): Observed {
    return { sum: this.#sum, counts: [...this.#counts] };
  }

  merge({ sum, counts }: Observed): void {
    counts.forEach((count, bucket) => ((this.#counts[bucket] as number) += count));
    this.#sum += sum;
  }
}

/** A histogram in several heaps, or under several sets of default labels. */
export class HistogramCellGroup
  extends CellGroup<Observed, HistogramCell>
  implements HistogramCell
{
  observe(value: number): number {
    // All members have the same buckets.
    let bucket = 0;
    for (const member of this.members) bucket = member.observe(value);
    return bucket;
  }

  exemplify(exemplar: Exemplar): void {
    for (const member of this.members) member.exemplify(exemplar);
  }
}

/** The classic buckets and the sum of a cell of this isolate. */
export function observedAt({ f64, base }: Location, { length }: ClassicBuckets): Observed {
  const first = base + BUCKETS;
  return {
    sum: f64[base + SUM] as number,
    counts: Array.from(f64.subarray(first, first + length + 1)),
  };
}

/** The last bucket with a count above 0, or -1. */
function lastOf(counts: readonly number[]): number {
  return counts.reduce((found, count, bucket) => (count > 0 ? bucket : found), -1);
}

leaveUnwrapped(LocalHistogramCell);
