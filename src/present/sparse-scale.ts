// The sparse buckets of native histograms as rows between bounds, for charts and quantiles.

import type { NativeBuckets, SparseBucket } from './metric-family';

/** The sparse buckets of a series, compact: indexes and counts alternate. @internal */
export interface Sparse {
  readonly schema: number;
  readonly zero: readonly [threshold: number, count: number];
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** A native histogram in the compact form. @internal */
export function sparseOf(native: Omit<NativeBuckets, 'exemplars'>): Sparse {
  const { schema, zeroThreshold, zeroCount, positive, negative } = native;
  return {
    schema,
    zero: [zeroThreshold, zeroCount],
    positive: flat(positive),
    negative: flat(negative),
  };
}

function flat(buckets: readonly SparseBucket[]): number[] {
  return buckets.flatMap(({ index, count }) => [index, count]);
}

/** The least and the greatest index of some buckets; undefined without buckets. */
type Span = readonly [least: number, most: number] | undefined;

/**
 * Rows of several native histograms, from below: negative buckets, the zero bucket, positive buckets. Their resolution
 * is that of the coarsest histogram, or still coarser if there would be too many rows.
 *
 * @internal
 */
export class SparseScale {
  /** The upper bounds of the rows. A last row, which is empty, has none. */
  readonly bounds: readonly number[];
  readonly #schema: number;
  readonly #negative: Span;
  readonly #positive: Span;
  /** The row of the zero bucket, and that of the least positive index. */
  readonly #zeroRow: number;
  readonly #positiveRow: number;

  /** @param most The most rows with positive and negative buckets. */
  constructor(all: readonly Sparse[], most = Infinity) {
    let schema = all.reduce((least, each) => Math.min(least, each.schema), Infinity);
    let [negative, positive] = [spanOf(all, 'negative', schema), spanOf(all, 'positive', schema)];
    while (lengthOf(negative) + lengthOf(positive) > most) {
      schema -= 1;
      [negative, positive] = [spanOf(all, 'negative', schema), spanOf(all, 'positive', schema)];
    }
    this.#schema = schema;
    this.#negative = negative;
    this.#positive = positive;
    const bounds: number[] = [];
    if (negative !== undefined) {
      for (let index = negative[1]; index >= negative[0] - 1; index -= 1) {
        bounds.push(-boundOf(index, schema));
      }
    }
    const threshold = all.reduce((widest, { zero }) => Math.max(widest, zero[0]), 0);
    const hasZero = all.some(({ zero }) => zero[1] > 0);
    const low = bounds.at(-1);
    // Nothing lies between the zero bucket and the buckets beside it.
    if (hasZero && low !== undefined && low < -threshold) bounds.push(-threshold);
    this.#zeroRow = bounds.length;
    const high = positive && boundOf(positive[0] - 1, schema);
    if (high === undefined || (hasZero && threshold < high)) bounds.push(threshold);
    if (positive !== undefined && high !== undefined) {
      bounds.push(high);
      this.#positiveRow = bounds.length;
      for (let index = positive[0]; index <= positive[1]; index += 1) {
        bounds.push(boundOf(index, schema));
      }
    } else this.#positiveRow = bounds.length;
    this.bounds = bounds;
  }

  /** Adds the counts of a histogram to those of the rows, or subtracts them with the sign -1. */
  add(counts: number[], { schema, zero, negative, positive }: Sparse, sign: 1 | -1): void {
    const steps = schema - this.#schema;
    const add = (row: number, count: number): void => {
      // A histogram of another time may have buckets beside these rows.
      const at = Math.min(Math.max(row, 0), this.bounds.length);
      counts[at] = (counts[at] ?? 0) + sign * count;
    };
    add(this.#zeroRow, zero[1]);
    const [, last = 0] = this.#negative ?? [];
    for (let at = 0; at < negative.length; at += 2) {
      add(1 + last - coarse(negative[at] as number, steps), negative[at + 1] as number);
    }
    const [first = 0] = this.#positive ?? [];
    for (let at = 0; at < positive.length; at += 2) {
      const row = this.#positiveRow + coarse(positive[at] as number, steps) - first;
      add(row, positive[at + 1] as number);
    }
  }
}

/** The upper bound of a bucket. Each schema halves the buckets of the one below. */
function boundOf(index: number, schema: number): number {
  return 2 ** (index * 2 ** -schema);
}

/** The index of a bucket in a schema that is so many steps coarser. */
function coarse(index: number, steps: number): number {
  return Math.ceil(index / 2 ** steps);
}

function spanOf(all: readonly Sparse[], side: 'negative' | 'positive', schema: number): Span {
  let [least, most] = [Infinity, -Infinity];
  for (const sparse of all) {
    const buckets = sparse[side];
    if (buckets.length === 0) continue;
    // Indexes ascend.
    least = Math.min(least, coarse(buckets[0] as number, sparse.schema - schema));
    most = Math.max(most, coarse(buckets.at(-2) as number, sparse.schema - schema));
  }
  return least > most ? undefined : [least, most];
}

function lengthOf(span: Span): number {
  return span === undefined ? 0 : span[1] - span[0] + 1;
}
