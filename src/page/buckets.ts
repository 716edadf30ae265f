// The observations between two readings of a histogram, by bucket: classic buckets, or sparse ones made as coarse as
// the chart needs.

import type { PageHistogram } from '../present/page-data';
import { SparseScale } from '../present/sparse-scale';
import type { Family, Frame } from './family';
import type { Group } from './groups';

/** The most rows of sparse buckets. */
const MOST_ROWS = 28;

/** The rows of a chart, from below. */
export interface Rows {
  /** The upper bounds. A last row has none. */
  readonly bounds: readonly number[];
  /** The scale of sparse buckets; absent for classic buckets. */
  readonly scale?: SparseScale;
}

/** The rows for a family: those of its sparse buckets, if it has no classic ones. */
export function rowsOf({ head, frames }: Family, groups: readonly Group[]): Rows {
  if (head.bounds.length > 0) return { bounds: head.bounds };
  const values = frames.at(-1)?.values ?? [];
  const sparse = groups.flatMap(({ places }) =>
    places.flatMap((place) => (values[place] as PageHistogram | undefined)?.sparse ?? []),
  );
  if (sparse.length === 0) return { bounds: [] };
  const scale = new SparseScale(sparse, MOST_ROWS);
  return { bounds: scale.bounds, scale };
}

/** The observations between two readings by row, the last row being the one above all bounds. */
export function countsBetween(
  { bounds, scale }: Rows,
  before: Frame,
  after: Frame,
  groups: readonly Group[],
): number[] {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0);
  const add = ({ counts: classic, sparse }: PageHistogram, sign: 1 | -1): void => {
    if (scale === undefined) {
      for (let row = 0; row < classic.length; row += 1) {
        counts[row] = (counts[row] ?? 0) + sign * (classic[row] ?? 0);
      }
    } else if (sparse !== undefined) scale.add(counts, sparse, sign);
  };
  for (const { places } of groups) {
    for (const place of places) {
      const now = after.values[place] as PageHistogram | undefined;
      const then = before.values[place] as PageHistogram | undefined;
      // The server repeats no value without a change, so it is the same object.
      if (now === undefined || now === then) continue;
      add(now, 1);
      const isNew = then === undefined || then.count > now.count;
      if (!isNew) add(then, -1);
    }
  }
  // A coarser resolution than before moves observations between rows.
  return counts.map((count) => Math.max(0, count));
}
