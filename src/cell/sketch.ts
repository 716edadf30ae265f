// The sketch of a summary: the bin of a value, the value that stands for a bin, and the quantiles.
//
// `crates/core/src/cell/summary.rs` has the same arithmetic. An octave is all doubles of one sign and exponent, and has
// 64 bins. The bits of a double give octave and bin, without a logarithm.

import type { Point } from './kinds';
import { layout } from '../heap/native';

/** How many values a window keeps as single values, whose quantiles are interpolated. @internal */
export const RAW_VALUES = layout.summaryRawValues;
/** How many bins an octave has. @internal */
export const OCTAVE_BINS = layout.summaryOctaveBins;
const OCTAVE_SHIFT = layout.summaryOctaveShift;
const BIN_SHIFT = layout.summaryBinShift;
/** The octaves of one sign. The first has 0 and the numbers that are too small for a normal double. */
const EXPONENTS = 1 << 11;

/** A double and its bits. The upper half is second, since heaps are little-endian. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** The upper half of a double's bits: sign, exponent, and the beginning of the fraction. @internal */
export function upperHalf(value: number): number {
  double[0] = value;
  return halves[1] as number;
}

/** The number of the octave, 0 to 4095, from the upper half of a value. @internal */
export function octaveOf(upper: number): number {
  return upper >>> OCTAVE_SHIFT;
}

/** The number of the bin in its octave, from the upper half of a value. @internal */
export function binOf(upper: number): number {
  return (upper >>> BIN_SHIFT) & (OCTAVE_BINS - 1);
}

/** The middle of a bin, which is within 0.8 % of all its values. @internal */
export function middle(octave: number, bin: number): number {
  if (octave % EXPONENTS === 0) return 0;
  halves[0] = 0;
  halves[1] = (octave << OCTAVE_SHIFT) | (bin << BIN_SHIFT) | (1 << (BIN_SHIFT - 1));
  return double[0] as number;
}

/**
 * The quantiles of observed values; 0 without values, as in prom-client. For up to 32 values they are interpolated as
 * by prom-client's t-digest. For more values, each is the value of the nearest rank.
 *
 * @param ranks Numbers between 0 and 1.
 * @internal
 */
export function quantilesOf(points: Iterable<Point>, ranks: readonly number[]): number[] {
  const merged = new Map<number, number>();
  // A Map does not distinguish 0 from -0.
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

/** Interpolates between the middles of the two neighbours of a rank. */
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
