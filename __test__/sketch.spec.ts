// The sketch: the bin of a value, the value of a bin, and the error of quantiles.

import test from 'ava';
import type { Point } from '../src/cell/kinds';
import {
  binOf,
  middle,
  OCTAVE_BINS,
  octaveOf,
  quantilesOf,
  RAW_VALUES,
  upperHalf,
} from '../src/cell/sketch';

/** The value of the bin of a value. */
function standIn(value: number): number {
  const upper = upperHalf(value);
  return middle(octaveOf(upper), binOf(upper));
}

test('the value of a bin is within 0.8 % of the observed value, for any size and sign', (t) => {
  let seed = 42;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 20_000; round += 1) {
    const value = 10 ** (600 * random() - 300) * (random() < 0.5 ? -1 : 1);
    const off = Math.abs(standIn(value) / value - 1);
    if (off > 0.008) return void t.fail(`${value}: ${standIn(value)}`);
  }
  for (const value of [1, 2, 0.5, 1.999_999_999, 1e-307, Number.MAX_VALUE]) {
    t.true(Math.abs(standIn(value) / value - 1) <= 0.008, `${value}`);
    t.is(standIn(-value), -standIn(value));
  }
});

test('zero and subnormal numbers become zero', (t) => {
  for (const value of [0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, 1e-310]) {
    t.is(Math.abs(standIn(value)), 0);
  }
});

test('bins are in the order of the values', (t) => {
  let last = -1;
  for (let value = 0.001; value < 1000; value *= 1.001) {
    const upper = upperHalf(value);
    const bin = octaveOf(upper) * OCTAVE_BINS + binOf(upper);
    t.true(bin >= last);
    last = bin;
  }
});

test('quantiles are 0 without values; of one value all quantiles equal it', (t) => {
  t.deepEqual(quantilesOf([], [0, 0.5, 1]), [0, 0, 0]);
  t.deepEqual(quantilesOf([[7, 1]], [0, 0.5, 1]), [7, 7, 7]);
});

test('quantiles of few values are interpolated, in any order and with any repetition', (t) => {
  const points: Point[] = [
    [3, 1],
    [1, 1],
    [2, 2],
  ];
  t.deepEqual(quantilesOf(points, [0, 0.25, 0.5, 1]), [1, 1 + 0.5 / 1.5, 2, 3]);
  t.deepEqual(quantilesOf(points.toReversed(), [0.25]), [1 + 0.5 / 1.5]);
});

test('quantiles of many values are the nearest rank', (t) => {
  const many = Array.from({ length: 10 * RAW_VALUES }, (_, index): Point => [index + 1, 1]);
  t.deepEqual(quantilesOf(many, [0, 0.5, 0.99, 1]), [1, 160, 317, 320]);
  t.deepEqual(
    quantilesOf(
      [
        [1, 99],
        [5, 1],
      ],
      [0.99, 0.991],
    ),
    [1, 5],
  );
});

test('both zeroes are one value', (t) => {
  t.deepEqual(
    quantilesOf(
      [
        [0, 1],
        [-0, 1],
        [4, 1],
      ],
      [0, 1],
    ),
    [0, 4],
  );
});
