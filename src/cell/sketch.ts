// The sketch of a summary: in which bin a value falls, which value stands for a bin, and what the quantiles are.
//
// The same arithmetic as in `crates/core/src/cell/summary.rs`: an octave is all doubles of one sign and exponent, and
// has 64 bins. Both are found in the bits of the double, without a logarithm.

import type { Point } from './kinds';
import { layout } from '../heap/native';

/** How many values are kept as they are, and interpolated. @internal */
export const RAW_VALUES = layout.summaryRawValues;
/** How many bins an octave has. @internal */
export const OCTAVE_BINS = layout.summaryOctaveBins;
const OCTAVE_SHIFT = layout.summaryOctaveShift;
const BIN_SHIFT = layout.summaryBinShift;
/** Octaves of one sign: in the first of them are 0 and what is too small for a normal double. */
const EXPONENTS = 1 << 11;

/** One double and its bits, the upper half second: heaps are little-endian. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** The upper half of a double's bits: sign, exponent, and the beginning of the fraction. @internal */
export function upperHalf(value: number): number {
  double[0] = value;
  return halves[1] as number;
}

/** The number of the octave, from a value's upper half: 0 to 4095. @internal */
export function octaveOf(upper: number): number {
  return upper >>> OCTAVE_SHIFT;
}

/** The number of the bin in its octave, from a value's upper half. @internal */
export function binOf(upper: number): number {
  return (upper >>> BIN_SHIFT) & (OCTAVE_BINS - 1);
}

/** The value that stands for a bin: its middle, within 0.8 % of all that fall in it. @internal */
export function middle(octave: number, bin: number): number {
  if (octave % EXPONENTS === 0) return 0;
  halves[0] = 0;
  halves[1] = (octave << OCTAVE_SHIFT) | (bin << BIN_SHIFT) | (1 << (BIN_SHIFT - 1));
  return double[0] as number;
}

/**
 * The quantiles of observed values; 0 where there are none, as in prom-client. Up to 32 values are interpolated as
 * prom-client's t-digest does; of more, it is the nearest rank.
 *
 * @param ranks Numbers between 0 and 1.
 * @internal
 */
export function quantilesOf(points: Iterable<Point>, ranks: readonly number[]): number[] {
  const merged = new Map<number, number>();
  // A Map takes both zeroes for one.
  for (const [value, weight] of points) merged.set(value, (merged.get(value) ?? 0) + weight);
  const sorted: Point[] = [...merged];
  sorted.sort(([one], [other]) => one - other);
  const total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
  return ranks.map((rank) =>
    total <= RAW_VALUES
      ? interpolated(sorted, rank * total)
      : nearest(sorted, Math.max(1, Math.ceil(rank * total))),
  );
}

function nearest(sorted: readonly Point[], rank: number): number {
  let seen = 0;
  const reached = sorted.find(([, weight]) => (seen += weight) >= rank);
  return (reached ?? sorted.at(-1) ?? [0])[0];
}

/** Between the middles of the two neighbours of a rank. */
function interpolated(sorted: readonly Point[], rank: number): number {
  let seen = 0;
  let below: Point | undefined;
  for (const [value, weight] of sorted) {
    const centre = seen + weight / 2;
    if (centre >= rank) {
      if (below === undefined || centre === rank) return value;
      const [low, lowCentre] = below;
      return low + ((rank - lowCentre) * (value - low)) / (centre - lowCentre);
    }
    below = [value, centre];
    seen += weight;
  }
  return below?.[0] ?? 0;
}
