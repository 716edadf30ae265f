// A native histogram's cell that lies in no heap: that of a metric which no registry shows, or that of a series which waits.

import type { NativeSpec } from '../heap/native';
import type { LabelSet } from '../labels/label-set';
import type { ClassicBuckets } from './classic-buckets';
import { LocalHistogramCell } from './histogram-cell';
import type { Observed } from './kinds';
import { boundOf, coarserKey, COARSEST, innerBoundOf, keyOf, stepsOf } from './sparse-buckets';
import type { Part, SparseHistogramCell } from './sparse-contribution';

/** A native histogram that is in no heap, or waits for its place there. It has one way to become coarser: the resolution. */
export class LocalSparseHistogramCell extends LocalHistogramCell implements SparseHistogramCell {
  readonly #maxBuckets: number;
  #schema: number;
  #zeroThreshold: number;
  #zero = 0;
  #nan = 0;
  /** The count of each bucket, by its key. */
  #buckets = new Map<number, number>();

  constructor(labels: LabelSet, buckets: ClassicBuckets, spec: NativeSpec) {
    super(labels, buckets);
    this.#maxBuckets = spec.maxBuckets;
    this.#schema = spec.schema;
    this.#zeroThreshold = spec.zeroThreshold;
  }

  override observe(value: number): number {
    const bucket = this.buckets.of(value);
    this.addPart({ bucket, count: 1, sum: value, value });
    return bucket;
  }

  addPart({ bucket, count, sum, value }: Part): void {
    this.addTo(bucket, count, sum);
    if (Number.isNaN(value)) this.#nan += count;
    else if (Math.abs(value) <= this.#zeroThreshold) this.#zero += count;
    else this.#put(keyOf(value, stepsOf(this.#schema)), count);
    while (this.#buckets.size > this.#maxBuckets && this.#schema > COARSEST) {
      this.#coarsen(this.#schema - 1);
    }
  }

  #put(key: number, count: number): void {
    this.#buckets.set(key, (this.#buckets.get(key) ?? 0) + count);
  }

  #coarsen(schema: number): void {
    const before = this.#buckets;
    const steps = this.#schema - schema;
    this.#schema = schema;
    this.#buckets = new Map();
    for (const [key, count] of before) this.#put(coarserKey(key, steps), count);
  }

  /** Widens the zero bucket to that threshold, or to the end of the bucket that it lies in. */
  #widen(threshold: number): void {
    const steps = stepsOf(this.#schema);
    let widest = threshold;
    for (const key of this.#buckets.keys()) {
      if (innerBoundOf(key, steps) < widest)
        widest = Math.max(widest, Math.abs(boundOf(key, steps)));
    }
    this.#zeroThreshold = widest;
    for (const [key, count] of this.#buckets) {
      if (Math.abs(boundOf(key, steps)) > widest) continue;
      this.#zero += count;
      this.#buckets.delete(key);
    }
  }

  override read(): Observed {
    const sparse = {
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zero: this.#zero,
      nan: this.#nan,
      buckets: [...this.#buckets],
    };
    return { ...super.read(), sparse };
  }

  override merge(contribution: Observed): void {
    super.merge(contribution);
    const { sparse } = contribution;
    if (sparse === undefined) return;
    if (sparse.zeroThreshold > this.#zeroThreshold) this.#widen(sparse.zeroThreshold);
    if (sparse.schema < this.#schema) this.#coarsen(sparse.schema);
    this.#zero += sparse.zero;
    this.#nan += sparse.nan;
    const steps = sparse.schema - this.#schema;
    for (const [key, count] of sparse.buckets) {
      const bound = Math.abs(boundOf(key, stepsOf(sparse.schema)));
      if (bound <= this.#zeroThreshold) this.#zero += count;
      else this.#put(coarserKey(key, steps), count);
    }
  }
}
