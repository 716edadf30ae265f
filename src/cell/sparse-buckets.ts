// The sparse buckets of a native histogram: the key of a value, and the values of a key. Both are exact.

import { boundFractions, boundGuesses, layout } from '../heap/native';

const INDEX_ZERO = layout.nativeIndexZero;
const NEGATIVE = layout.nativeNegative;

/** The finest and the coarsest resolution. */
const FINEST = 8;
export const COARSEST = -4;

/** The index of the bucket in schema 8 that ends at 2 to the power of 1024, and the exponent of that bound. */
const LAST_EXPONENT = 1024;
const LAST = LAST_EXPONENT << FINEST;
/** A factor that makes each subnormal number a normal one. */
const POWER_54 = 2 ** 54;

/**
 * The bounds between 1 and 2 in schema 8, as the upper 20 and the lower 32 bits behind the binary point. The last one is 2,
 * which is above all fractions.
 */
const fractions = boundFractions();
const upper = Uint32Array.from([...fractions.map((bits) => Math.floor(bits / 2 ** 32)), 2 ** 20]);
const lower = Uint32Array.from([...fractions.map((bits) => bits % 2 ** 32), 0]);
/** By the first 9 bits behind the binary point of a number: the bound that it is at, or the one before. */
const guesses = Uint16Array.from(boundGuesses());

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

/** The number of resolution steps between that schema and the finest one. */
export function stepsOf(schema: number): number {
  return (FINEST - schema) | 0;
}

/** The key of NaN and 0, which no entry has. */
const NO_KEY = -1;

/** The key of a number in the schema that is `steps` below the finest one. NaN and 0 have the key `NO_KEY`. */
export function keyOf(value: number, steps: number): number {
  number[0] = value;
  const high = halves[1] as number;
  const low = halves[0] as number;
  const exponent = (high >>> 20) & 0x7ff;
  // 0 or 0x7ff.
  if (((exponent + 1) & 0x7fe) === 0) return unusualKeyOf(value, steps);
  const fraction = (high << 12) >>> 12;
  let step = guesses[fraction >>> 11] as number;
  const distance = (upper[step] as number) - fraction;
  // Without a branch, which would be guessed wrongly for every other value.
  step += distance >>> 31;
  if (distance === 0 && low > (lower[step] as number)) step += 1;
  const finest = ((exponent - 1023) << FINEST) + step;
  // As an integer of 32 bits: the engine then checks no sum for an overflow.
  return (INDEX_ZERO + coarser(finest, steps) + (high >>> 31) * NEGATIVE) | 0;
}

/** The key of a subnormal number, of an infinity, of NaN, or of 0. */
function unusualKeyOf(value: number, steps: number): number {
  if (Number.isNaN(value) || value === 0) return NO_KEY;
  const isNegative = value < 0;
  if (!Number.isFinite(value)) return keyAt(coarser(LAST + 1, steps), isNegative);
  const finest = indexOf(keyOf(Math.abs(value) * POWER_54, 0)) - (54 << FINEST);
  return keyAt(coarser(finest, steps), isNegative);
}

function keyAt(index: number, isNegative: boolean): number {
  return INDEX_ZERO + index + (isNegative ? NEGATIVE : 0);
}

function indexOf(key: number): number {
  return (key & (NEGATIVE - 1)) - INDEX_ZERO;
}

/** The index of the bucket in a coarser schema. */
function coarser(index: number, steps: number): number {
  return (index + (1 << steps) - 1) >> steps;
}

/** The same key in a schema that is coarser by `steps`. */
export function coarserKey(key: number, steps: number): number {
  return keyAt(coarser(indexOf(key), steps), (key & NEGATIVE) !== 0);
}

/** The bound of that bucket that is farther from zero. The bucket includes it. */
export function boundOf(key: number, steps: number): number {
  const magnitude = boundAt(indexOf(key) << steps);
  return (key & NEGATIVE) === 0 ? magnitude : -magnitude;
}

/** The magnitude of the bound that is closer to zero. The bucket does not include it. */
export function innerBoundOf(key: number, steps: number): number {
  return boundAt((indexOf(key) - 1) << steps);
}

function boundAt(finest: number): number {
  if (finest === LAST) return Number.MAX_VALUE;
  if (finest > LAST) return Infinity;
  const exponent = finest >> FINEST;
  const step = finest & ((1 << FINEST) - 1);
  const raised = Math.max(exponent, -1022);
  halves[1] = ((raised + 1023) << 20) | (upper[step] as number);
  halves[0] = lower[step] as number;
  // Below the normal numbers, one multiplication rounds.
  return (number[0] as number) * (exponent < raised ? 2 ** (exponent - raised) : 1);
}

/** The most exemplars of values beyond the last bound: values of several sizes have one each. */
export const SPREAD = 10;

/** The number of the exemplar beyond the last bound that a value uses, by its size. */
export function exemplarOf(value: number): number {
  number[0] = value;
  return (((halves[1] as number) >>> 20) & 0x7ff) % SPREAD;
}
