// The bucket of a value, for any bounds.

import test from 'ava';
import * as fc from 'fast-check';
import { ClassicBuckets } from '../src/cell/classic-buckets';
import { normalizedBuckets } from '../src/metrics/buckets';

/** The definition: the first bucket whose bound is not below the value. */
function expected(bounds: readonly number[], value: number): number {
  const found = bounds.findIndex((bound) => value <= bound);
  return found < 0 ? bounds.length : found;
}

/** The numbers on both sides of a number. */
function around(number: number): number[] {
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = number;
  const middle = bits[0] as bigint;
  return [middle - 1n, middle, middle + 1n].map((near) => {
    bits[0] = near;
    return double[0] as number;
  });
}

function holds(bounds: readonly number[], values: readonly number[]): boolean {
  const buckets = new ClassicBuckets(bounds);
  return values.every((value) => buckets.of(value) === expected(bounds, value));
}

const SPECIAL = [
  0,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2 ** -1022,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
];

/** A NaN with the sign bit, as processors make it. */
const negativeNan = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0000n]).buffer);

test('any value is in the first bucket whose bound is not below it, for any bounds', (t) => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -1000, max: 1000 }));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 60 }), fc.array(fc.double()), (given, values) => {
      const bounds = normalizedBuckets(given);
      return holds(bounds, [...values, ...SPECIAL, ...negativeNan, ...bounds.flatMap(around)]);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('values around usual bounds are in the right bucket', (t) => {
  const usual = [
    [],
    [0],
    [1],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000],
    Array.from({ length: 300 }, (_, index) => index * 10 - 500),
    Array.from({ length: 40 }, (_, index) => 2 ** (index - 20)),
    [-Infinity, -1, 1],
  ];
  for (const bounds of usual) {
    const near = bounds.flatMap((bound) => [...around(bound), bound * 1.3, bound + 1]);
    t.true(holds(bounds, [...near, ...SPECIAL, ...negativeNan]), String(bounds));
  }
});
