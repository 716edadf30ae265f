// The sparse buckets of native histograms, as classic buckets for quantiles.

import type { Series } from './values';

/** A bucket that is not empty. */
interface Bucket {
  readonly lower: number;
  count: number;
}

/** The buckets of some series, by their upper bounds. @internal */
export type SparseBuckets = ReadonlyMap<number, Bucket>;

/** Adds the buckets of several series. @internal */
export function sparseBuckets(series: readonly Series[]): SparseBuckets {
  const buckets = new Map<number, Bucket>();
  const add = (lower: number, upper: number, count: number): void => {
    const bucket = buckets.get(upper);
    if (bucket === undefined) buckets.set(upper, { lower, count });
    else bucket.count += count;
  };
  for (const { native } of series) {
    if (native == null) continue;
    const bound = (index: number): number => 2 ** (index * 2 ** -native.schema);
    for (const { index, count } of native.positive) add(bound(index - 1), bound(index), count);
    for (const { index, count } of native.negative) add(-bound(index), -bound(index - 1), count);
    if (native.zeroCount > 0) add(-native.zeroThreshold, native.zeroThreshold, native.zeroCount);
  }
  return buckets;
}

/** The growth since an earlier look, as bounds and counts in the form of classic buckets. @internal */
export function classicOf(
  before: SparseBuckets | undefined,
  after: SparseBuckets,
): { bounds: number[]; counts: number[] } {
  const bounds: number[] = [];
  const counts: number[] = [];
  const sorted = [...after];
  sorted.sort(([one], [other]) => one - other);
  for (const [upper, { lower, count }] of sorted) {
    // An empty bucket below ends the gap to the last one.
    if (lower > (bounds.at(-1) ?? -Infinity)) {
      bounds.push(lower);
      counts.push(0);
    }
    const earlier = before?.get(upper)?.count ?? 0;
    bounds.push(upper);
    counts.push(count >= earlier ? count - earlier : count);
  }
  return { bounds, counts: [...counts, 0] };
}
