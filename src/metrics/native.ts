// The options of native histograms.

import { inspect } from 'util';
import { coded, requireKnownOptions } from '../errors';
import { layout, nativeSchema, type NativeSpec } from '../heap/native';

/** The sparse buckets of a native histogram. */
export interface NativeOptions {
  /**
   * The bounds of neighbouring buckets differ by at most this factor, which is greater than 1. So the estimate of a quantile
   * lies within this factor of the exact one. Default: 1.1.
   */
  factor?: number;
  /** Values whose absolute value is at most this are in the zero bucket. Default: 2^-128. */
  zeroThreshold?: number;
  /**
   * The most buckets of one process or thread, besides the zero bucket: 1 to 768. One that would have more of them widens
   * its zero bucket, as far as `maxZeroThreshold` allows, and then halves its resolution. Default: 160.
   */
  maxBuckets?: number;
  /**
   * If a series would have too many buckets, it starts again from zero in the whole application, unless its last start
   * was less than this many seconds ago. A series that has become coarser does so as well, with its next new bucket.
   * Default: 0, which means never.
   */
  minResetSeconds?: number;
  /** The widest that a zero bucket may become. Default: 0, which means that it stays as it is. */
  maxZeroThreshold?: number;
}

/** All options with their defaults. */
export type NativeHistogramOptions = Readonly<Required<NativeOptions>>;

const DEFAULTS: NativeHistogramOptions = {
  factor: 1.1,
  zeroThreshold: 2 ** -128,
  maxBuckets: 160,
  minResetSeconds: 0,
  maxZeroThreshold: 0,
};

/**
 * A copy of the options, or null where there are to be no sparse buckets. Throws a `TypeError` for an option that there is
 * not, or that has no such value.
 *
 * @internal
 */
export function nativeOptions(
  given: boolean | NativeOptions | undefined,
): NativeHistogramOptions | null {
  if (given === undefined || given === false || given === null) return null;
  if (given !== true && typeof given !== 'object') refuse('true, false or an object', given);
  const options = given === true ? {} : given;
  requireKnownOptions('native', options, Object.keys(DEFAULTS));
  const { factor, zeroThreshold, maxBuckets, minResetSeconds, maxZeroThreshold } = options;
  return Object.freeze({
    factor: valueOf('factor', factor, 'a number above 1', (number) => number > 1),
    zeroThreshold: valueOf('zeroThreshold', zeroThreshold, 'a number from 0 on', isAmount),
    maxBuckets: valueOf(
      'maxBuckets',
      maxBuckets,
      `a whole number from 1 to ${layout.nativeMaxBuckets}`,
      (number) => Number.isInteger(number) && number >= 1 && number <= layout.nativeMaxBuckets,
    ),
    minResetSeconds: valueOf('minResetSeconds', minResetSeconds, 'a number from 0 on', isAmount),
    maxZeroThreshold: valueOf('maxZeroThreshold', maxZeroThreshold, 'a number from 0 on', isAmount),
  });
}

/** The same as the heap declares it. @internal */
export function nativeSpecOf(options: NativeHistogramOptions): NativeSpec {
  return {
    schema: nativeSchema(options.factor),
    zeroThreshold: options.zeroThreshold,
    maxBuckets: options.maxBuckets,
    minReset: options.minResetSeconds,
    maxZeroThreshold: options.maxZeroThreshold,
  };
}

function isAmount(number: number): boolean {
  return number >= 0 && number < Infinity;
}

function valueOf(
  name: keyof NativeHistogramOptions,
  given: number | undefined,
  allowed: string,
  isAllowed: (number: number) => boolean,
): number {
  const value: unknown = given ?? DEFAULTS[name];
  if (typeof value !== 'number' || !isAllowed(value)) refuse(allowed, value, `.${name}`);
  return value as number;
}

function refuse(allowed: string, given: unknown, name = ''): never {
  throw coded(
    new TypeError(`The option native${name} must be ${allowed}: ${inspect(given)}`),
    'MPMETRICS_BAD_ARGUMENT',
  );
}
