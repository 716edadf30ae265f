// The observations between two readings of a histogram, by bucket: classic buckets, or sparse ones made as coarse as
// the chart needs.

import type { PageHistogram, PageSparse } from '../present/page-data';
import type { Family, Frame } from './family';
import type { Group } from './groups';

/** The most rows of sparse buckets. */
const MOST_ROWS = 28;

/** The rows of a chart, from below: their upper bounds, the last without one if the buckets are classic. */
export interface Rows {
  readonly bounds: readonly number[];
  /** The row of each sparse bucket; absent for classic buckets. */
  readonly sparse?: { readonly schema: number; readonly first: number };
}

/** The rows for a family: those of its sparse buckets, if it has no classic ones. */
export function rowsOf(family: Family, frames: readonly Frame[], groups: readonly Group[]): Rows {
  if (family.head.bounds.length > 0) return { bounds: family.head.bounds };
  const values = frames.slice(-1).flatMap((frame) => histogramsIn(frame, groups));
  const sparse = values.flatMap((value) => value.sparse ?? []);
  if (sparse.length === 0) return { bounds: [] };
  let schema = Math.min(...sparse.map((each) => each.schema));
  const range = (): [number, number] => {
    const indexes = sparse.flatMap((each) =>
      each.positive
        .filter((_, at) => at % 2 === 0)
        .map((index) => coarse(index, each.schema - schema)),
    );
    return indexes.length === 0 ? [0, 0] : [min(indexes), max(indexes)];
  };
  let [least, most] = range();
  while (most - least + 1 > MOST_ROWS) {
    schema -= 1;
    [least, most] = range();
  }
  // The lowest row has the zero bucket and all negative values. Its upper bound is the lower bound of the next one.
  const first = least - 1;
  const bounds = Array.from(
    { length: most - first + 1 },
    (_, at) => 2 ** ((first + at) * 2 ** -schema),
  );
  return { bounds, sparse: { schema, first } };
}

/** The observations between two readings by row, the last row being the one above all bounds. */
export function countsBetween(
  rows: Rows,
  before: Frame,
  after: Frame,
  groups: readonly Group[],
): number[] {
  const counts = Array.from({ length: rows.bounds.length + 1 }, () => 0);
  for (const { places } of groups) {
    for (const place of places) {
      const now = after.values[place] as PageHistogram | undefined;
      const then = before.values[place] as PageHistogram | undefined;
      // The server repeats no value without a change, so it is the same object.
      if (now === undefined || now === then) continue;
      const isNew = then === undefined || then.count > now.count;
      addTo(counts, rows, now, 1);
      if (!isNew) addTo(counts, rows, then, -1);
    }
  }
  // A coarser resolution than before moves observations between rows.
  return counts.map((count) => Math.max(0, count));
}

function addTo(
  counts: number[],
  rows: Rows,
  { counts: classic, sparse }: PageHistogram,
  sign: number,
): void {
  if (rows.sparse === undefined) {
    for (const [row, count] of classic.entries()) counts[row] = (counts[row] ?? 0) + sign * count;
  } else if (sparse !== undefined) addSparse(counts, rows.sparse, sparse, sign);
}

function addSparse(
  counts: number[],
  { schema, first }: NonNullable<Rows['sparse']>,
  { schema: own, zero, positive, negative }: PageSparse,
  sign: number,
): void {
  const add = (row: number, count: number): void => {
    const at = Math.min(Math.max(row, 0), counts.length - 1);
    counts[at] = (counts[at] ?? 0) + sign * count;
  };
  add(0, zero[1]);
  for (let at = 1; at < negative.length; at += 2) add(0, negative[at] as number);
  for (let at = 0; at < positive.length; at += 2) {
    add(coarse(positive[at] as number, own - schema) - first, positive[at + 1] as number);
  }
}

/** The index of a bucket in a schema that is so many steps coarser. */
function coarse(index: number, steps: number): number {
  return Math.ceil(index / 2 ** steps);
}

function histogramsIn({ values }: Frame, groups: readonly Group[]): PageHistogram[] {
  return groups.flatMap(({ places }) =>
    places.flatMap((place) => (values[place] as PageHistogram | undefined) ?? []),
  );
}

function min(numbers: readonly number[]): number {
  return numbers.reduce((least, each) => Math.min(least, each), Infinity);
}

function max(numbers: readonly number[]): number {
  return numbers.reduce((most, each) => Math.max(most, each), -Infinity);
}
