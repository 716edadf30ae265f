// The sparse buckets of native histograms as rows between bounds.

import test from 'ava';
import { SparseScale, type Sparse } from '../src/present/sparse-scale';

/** A histogram: of schema 0, bucket 1 is that from 1 to 2, and bucket 3 that from 4 to 8. */
function sparse(positive: number[], others: Partial<Sparse> = {}): Sparse {
  return { schema: 0, zero: [0.001, 0], positive, negative: [], ...others };
}

/** The rows of these histograms: upper bounds, and counts. */
function rowsOf(all: Sparse[], most?: number): [bounds: readonly number[], counts: number[]] {
  const scale = new SparseScale(all, most);
  const counts = [...scale.bounds, Infinity].map(() => 0);
  for (const each of all) scale.add(counts, each, 1);
  return [scale.bounds, counts];
}

test('a row for each bucket between the least and the greatest, and one below them', (t) => {
  t.deepEqual(rowsOf([sparse([1, 5, 3, 7])]), [
    [1, 2, 4, 8],
    [0, 5, 0, 7, 0],
  ]);
});

test('nothing lies between the zero bucket and the buckets beside it', (t) => {
  t.deepEqual(rowsOf([sparse([1, 5], { zero: [0.5, 3], negative: [2, 4] })]), [
    [-4, -2, -0.5, 0.5, 1, 2],
    [0, 4, 0, 3, 0, 5, 0],
  ]);
  t.deepEqual(rowsOf([sparse([], { zero: [0.5, 3] })]), [[0.5], [3, 0]]);
});

test('histograms of several resolutions have the rows of the coarsest', (t) => {
  // Of schema 1, the buckets 1 and 2 are those from 1 to 2.
  t.deepEqual(rowsOf([sparse([1, 1]), sparse([1, 10, 2, 20], { schema: 1 })]), [
    [1, 2],
    [0, 31, 0],
  ]);
});

test('too many rows are made coarser, also for negative values', (t) => {
  const [bounds, counts] = rowsOf([sparse([1, 1, 40, 2], { negative: [1, 3, 40, 4] })], 8);
  t.true(bounds.length <= 11);
  t.deepEqual(
    bounds,
    bounds.toSorted((one, other) => one - other),
  );
  t.is(
    counts.reduce((sum, count) => sum + count),
    10,
  );
});

test('an added histogram can be subtracted again, also from buckets beside the rows', (t) => {
  const scale = new SparseScale([sparse([1, 1])]);
  const counts = [0, 0, 0];
  scale.add(counts, sparse([9, 2]), 1);
  scale.add(counts, sparse([9, 2]), -1);
  t.deepEqual(counts, [0, 0, 0]);
});
