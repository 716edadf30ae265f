// Upper bounds of a histogram's buckets.

import { inspect } from 'util';
import { coded } from '../errors';

/** The bounds of a histogram without given bounds, for seconds of a network service. @internal */
export const DEFAULT_BUCKETS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/**
 * Bounds at equal distances.
 *
 * ```ts
 * linearBuckets(0, 50, 3); // [0, 50, 100]
 * ```
 *
 * @param start The first bound.
 * @param width The distance between neighbours.
 * @param count How many bounds, at least 1. Throws an `Error` otherwise.
 */
export function linearBuckets(start: number, width: number, count: number): number[] {
  if (count < 1) throw refused('Linear buckets needs a positive count');
  return Array.from({ length: count }, (_, index) => start + index * width);
}

/**
 * Bounds that grow by a constant factor.
 *
 * ```ts
 * exponentialBuckets(1, 2, 4); // [1, 2, 4, 8]
 * ```
 *
 * @param start The first bound, above 0. Throws an `Error` otherwise.
 * @param factor The ratio of neighbours, above 1. Throws an `Error` otherwise.
 * @param count How many bounds, at least 1. Throws an `Error` otherwise.
 */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  if (start <= 0) throw refused('Exponential buckets needs a positive start');
  if (count < 1) throw refused('Exponential buckets needs a positive count');
  if (factor <= 1) throw refused('Exponential buckets needs a factor greater than 1');
  let next = start;
  return Array.from({ length: count }, () => {
    const bound = next;
    next *= factor;
    return bound;
  });
}

/**
 * The bounds in the form in which they are used: ascending numbers, each once, without `+Inf`. Returns the given array
 * if it has this form already.
 * @internal
 */
export function normalizedBuckets(given: readonly number[]): readonly number[] {
  if (!Array.isArray(given)) {
    throw coded(
      new TypeError(`Buckets must be an array of numbers: ${inspect(given)}`),
      'MPMETRICS_INVALID_BUCKETS',
    );
  }
  const bounds = given.map(Number);
  const wrong = bounds.findIndex((bound) => Number.isNaN(bound));
  if (wrong >= 0) {
    throw coded(
      new TypeError(`Bucket is not a valid number: ${inspect(given[wrong])}`),
      'MPMETRICS_INVALID_BUCKETS',
    );
  }
  const kept = bounds.filter(
    (bound, index) => bound !== Infinity && bounds.indexOf(bound) === index,
  );
  kept.sort((one, other) => one - other);
  const same = kept.length === given.length && kept.every((bound, index) => bound === given[index]);
  return same ? given : kept;
}

function refused(message: string): Error {
  return coded(new Error(message), 'MPMETRICS_INVALID_BUCKETS');
}
