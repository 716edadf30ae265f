// The contribution of an isolate to a native histogram, on its way into another cell.

import { boundOf, stepsOf } from './sparse-buckets';
import type { HistogramCell, Observed } from './kinds';

/** Several observations in one classic bucket and one sparse bucket. */
export interface Part {
  readonly bucket: number;
  readonly count: number;
  /** The sum of a contribution goes with its last part. */
  readonly sum: number;
  /** A value in the sparse bucket. */
  readonly value: number;
}

/** A native histogram's cell. */
export interface SparseHistogramCell extends HistogramCell {
  /** Counts the observations of a part. @internal */
  addPart(part: Part): void;
}

/** The parts of a contribution. Classic and sparse buckets count the same values, so they have the same total. */
export function* partsOf({ sum, counts, sparse }: Observed): Iterable<Part> {
  const values = sparse === undefined ? [] : valuesOf(sparse);
  let left = counts.reduce((total, count) => total + count, 0);
  let at = 0;
  let taken = 0;
  for (const [bucket, number] of counts.entries()) {
    let open = number;
    while (open > 0 && at < values.length) {
      const [value, weight] = values[at] as readonly [number, number];
      const count = Math.min(open, weight - taken);
      open -= count;
      taken += count;
      left -= count;
      if (taken === weight) [at, taken] = [at + 1, 0];
      yield { bucket, count, sum: left === 0 ? sum : 0, value };
    }
  }
}

/** A value in each sparse bucket, and the bucket's count. */
function valuesOf(sparse: NonNullable<Observed['sparse']>): (readonly [number, number])[] {
  const steps = stepsOf(sparse.schema);
  const all: (readonly [number, number])[] = [
    [Number.NaN, sparse.nan],
    [0, sparse.zero],
    ...sparse.buckets.map(([key, count]) => [boundOf(key, steps), count] as const),
  ];
  return all.filter(([, count]) => count > 0);
}
