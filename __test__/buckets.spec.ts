// Bounds of buckets.

import test from 'ava';
import { exponentialBuckets, linearBuckets } from '../index';
import { DEFAULT_BUCKETS, normalizedBuckets } from '../src/metrics/buckets';

test('linearBuckets()', (t) => {
  t.deepEqual(linearBuckets(0, 50, 3), [0, 50, 100]);
  t.deepEqual(linearBuckets(-1, 0.5, 1), [-1]);
  t.throws(() => linearBuckets(1, 1, 0), { message: 'Linear buckets needs a positive count' });
});

test('exponentialBuckets()', (t) => {
  t.deepEqual(exponentialBuckets(1, 2, 4), [1, 2, 4, 8]);
  t.throws(() => exponentialBuckets(0, 2, 1), {
    message: 'Exponential buckets needs a positive start',
  });
  t.throws(() => exponentialBuckets(1, 2, 0), {
    message: 'Exponential buckets needs a positive count',
  });
  t.throws(() => exponentialBuckets(1, 1, 1), {
    message: 'Exponential buckets needs a factor greater than 1',
  });
});

test('sorted bounds are kept', (t) => {
  t.is(normalizedBuckets(DEFAULT_BUCKETS), DEFAULT_BUCKETS);
  const none: number[] = [];
  t.is(normalizedBuckets(none), none);
});

test('unsorted bounds are sorted', (t) => {
  t.deepEqual(normalizedBuckets([3, -1, 3, Infinity, 0]), [-1, 0, 3]);
  t.deepEqual(normalizedBuckets([-Infinity, 1]), [-Infinity, 1]);
});
