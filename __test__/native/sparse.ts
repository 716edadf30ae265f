// Sparse buckets by brute force, and the sparse buckets of a heap.
import type { Histogram } from '../../index';
import { readFamilies } from '../../src/heap/request';
import { seriesOf } from '../support/metrics';

/** The sparse buckets of one series. */
export interface Buckets {
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  count: number;
  /** The counts by the index of their bucket. */
  positive: Record<number, number>;
  negative: Record<number, number>;
}

/** Buckets between a number and its double in the finest schema. */
const STEPS = 256;

/**
 * The doubles nearest to the powers of two between 1 and 2 by steps of 1/256, by whole numbers: no logarithm is rounded. The
 * first guess may be one unit off.
 */
const BOUNDS = Array.from({ length: STEPS }, (_, step) => nearest(step));

function nearest(step: number): number {
  let mantissa = BigInt(Math.round(2 ** (step / STEPS) * 2 ** 52));
  // 2m - 1 and 2m + 1 are the ends of what is rounded to m.
  while (isAbove(2n * mantissa - 1n, step)) mantissa -= 1n;
  while (!isAbove(2n * mantissa + 1n, step)) mantissa += 1n;
  return Number(mantissa) / 2 ** 52;
}

/** Whether a fraction of 2 to the power of 53 is above that step. */
function isAbove(fraction: bigint, step: number): boolean {
  return fraction ** BigInt(STEPS) > 2n ** BigInt(53 * STEPS + step);
}

/** The upper bound of a bucket, for indexes whose bounds are normal numbers. */
export function boundOf(index: number, schema: number): number {
  const finest = index * 2 ** (8 - schema);
  const exponent = Math.floor(finest / STEPS);
  return exponent === 1024
    ? Number.MAX_VALUE
    : (BOUNDS[finest - exponent * STEPS] as number) * 2 ** exponent;
}

/** The index of the bucket of a positive number: the first one whose bound is not below the number. */
function indexOf(value: number, schema: number): number {
  if (value === Infinity) return 1024 * 2 ** schema + 1;
  let index = Math.round(Math.log2(value) * 2 ** schema);
  while (value <= boundOf(index - 1, schema)) index -= 1;
  while (value > boundOf(index, schema)) index += 1;
  return index;
}

/** The buckets that these values have. */
export function expected(
  values: readonly number[],
  schema: number,
  zeroThreshold: number = 2 ** -128,
): Buckets {
  const found: Buckets = {
    schema,
    zeroThreshold,
    zeroCount: 0,
    count: values.length,
    positive: {},
    negative: {},
  };
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (Math.abs(value) <= zeroThreshold) {
      found.zeroCount += 1;
      continue;
    }
    const index = indexOf(Math.abs(value), schema);
    const side = value > 0 ? found.positive : found.negative;
    side[index] = (side[index] ?? 0) + 1;
  }
  return found;
}

/** All that the heap of a histogram has of its first series. */
export async function seriesRead(metric: Histogram, at = 0) {
  const [family] = seriesOf(metric).families;
  if (family === undefined) throw new Error('The histogram is in no heap.');
  const scope = { native: family.attachment.native, registries: family.registries };
  const [values] = await readFamilies(scope, { names: [metric.name] });
  const series = values?.series[at];
  if (series?.native === undefined) throw new Error('The histogram has no sparse buckets.');
  return { ...series, native: series.native };
}

/** The sparse buckets that the heap of a histogram shows for one of its series, by default the first. */
export async function bucketsOf(metric: Histogram, at = 0): Promise<Buckets> {
  const { native, count = 0 } = await seriesRead(metric, at);
  const { schema, zeroThreshold, zeroCount } = native;
  const [positive, negative] = [native.positive, native.negative].map(byIndex);
  return {
    schema,
    zeroThreshold,
    zeroCount,
    count,
    positive: positive ?? {},
    negative: negative ?? {},
  };
}

function byIndex(buckets: readonly { index: number; count: number }[]): Record<number, number> {
  return Object.fromEntries(buckets.map(({ index, count }) => [index, count]));
}

/** The least number that so large a part of the values does not exceed, as sparse buckets tell it: the middle of a bucket. */
export function quantileOf(
  { schema, zeroCount, positive, negative }: Buckets,
  part: number,
): number {
  const base = 2 ** (2 ** -schema);
  const middle = (index: string): number => base ** (Number(index) - 0.5);
  const points: [number, number][] = [
    ...Object.entries(negative).map(([index, count]): [number, number] => [-middle(index), count]),
    [0, zeroCount],
    ...Object.entries(positive).map(([index, count]): [number, number] => [middle(index), count]),
  ];
  points.sort(([one], [other]) => one - other);
  let left = part * points.reduce((sum, [, count]) => sum + count, 0);
  const found = points.find(([, count]) => (left -= count) <= 0);
  return found?.[0] ?? Number.NaN;
}
