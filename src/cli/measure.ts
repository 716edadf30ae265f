// Several series as one number, and its change between two readings.

import { histogramQuantile } from '../present/quantile';
import { SparseScale, sparseOf, type Sparse } from '../present/sparse-scale';
import type { Family } from './reading';
import { number, quantity, rate as rateText, seconds, unitOf } from '../present/units';
import { isCounted, valueOf, valueText, type Series } from './values';

/** Several series of a family, combined. @internal */
export interface Measure {
  /** The number of series. */
  readonly series: number;
  /** The sum of their counts or values. */
  readonly total: number;
  readonly least: number;
  readonly most: number;
  /** The counts of a histogram's buckets. */
  readonly counts: readonly number[];
  /** The sparse buckets of native histograms, one for each series. */
  readonly sparse: readonly Sparse[];
  /** The quantiles of a summary, if there is one series. */
  readonly quantiles: readonly number[];
}

/** The quantiles that are shown. @internal */
export const QUANTILES = [0.5, 0.9, 0.99] as const;

/** Combines several series. @internal */
export function measure(family: Family, series: readonly Series[]): Measure {
  let [total, least, most] = [0, Infinity, -Infinity];
  const counts = family.kind === 'histogram' ? [...family.buckets, Infinity].map(() => 0) : [];
  for (const each of series) {
    const value = valueOf(each);
    total += value;
    if (value < least) least = value;
    if (value > most) most = value;
    each.bucketCounts?.forEach((count, index) => (counts[index] = (counts[index] ?? 0) + count));
  }
  const quantiles = (series.length === 1 && series[0]?.quantiles) || [];
  const sparse = series.flatMap(({ native }) => (native == null ? [] : sparseOf(native)));
  return { series: series.length, total, least, most, counts, sparse, quantiles };
}

/** The counts per second. NaN for values that are no counts, and before the second reading. @internal */
export function rateOf(
  family: Family,
  before: Measure | undefined,
  after: Measure,
  elapsed: number,
): number {
  if (before === undefined || !isCounted(family) || !(elapsed > 0)) return NaN;
  return grown(before.total, after.total) / elapsed;
}

/** A smaller count than before has started again from zero. */
function grown(before: number, after: number): number {
  return after >= before ? after - before : after;
}

/** The quantiles of the observations between two readings. For a summary, those of its own window. @internal */
export function quantilesOf(
  family: Family,
  before: Measure | undefined,
  after: Measure,
): readonly number[] {
  if (family.kind === 'summary') {
    return QUANTILES.map((wanted) => after.quantiles[family.buckets.indexOf(wanted)] ?? NaN);
  }
  if (family.kind !== 'histogram') return [];
  if (after.sparse.length > 0) return sparseQuantiles(before?.sparse ?? [], after.sparse);
  const counts = after.counts.map((count, index) => count - (before?.counts[index] ?? 0));
  const isReset = counts.some((count) => count < 0);
  return QUANTILES.map((quantile) =>
    histogramQuantile(quantile, family.buckets, isReset ? after.counts : counts),
  );
}

/** The quantiles by sparse buckets, which are finer than classic ones. */
function sparseQuantiles(before: readonly Sparse[], after: readonly Sparse[]): readonly number[] {
  const scale = new SparseScale([...before, ...after]);
  const now = [...scale.bounds, Infinity].map(() => 0);
  for (const each of after) scale.add(now, each, 1);
  const counts = [...now];
  for (const each of before) scale.add(counts, each, -1);
  const isReset = counts.some((count) => count < 0);
  return QUANTILES.map((quantile) =>
    histogramQuantile(quantile, scale.bounds, isReset ? now : counts),
  );
}

/** The value of series, for display. Several gauges are shown as a range. @internal */
export function measureText(
  family: Family,
  { series, total, least, most }: Measure,
  only: Series | undefined,
): string {
  if (series === 0) return '';
  if (series === 1 && only !== undefined) return valueText(family, only);
  if (isCounted(family)) return countText(family, total);
  if (family.kind !== 'gauge') return number(series);
  const unit = unitOf(family.name);
  const [low, high] = [quantity(least, unit), quantity(most, unit)];
  return low === high ? low : joinedRange(low, high);
}

/** A range names its unit once. */
function joinedRange(low: string, high: string): string {
  const [number_ = '', unit = ''] = low.split(' ');
  return unit !== '' && high.endsWith(` ${unit}`) ? `${number_}…${high}` : `${low}…${high}`;
}

function countText({ kind, name }: Family, total: number): string {
  return kind === 'counter' ? quantity(total, unitOf(name)) : number(total);
}

/** A rate for people; nothing where there is none. @internal */
export function rateTextOf({ kind, name }: Family, rate: number): string {
  if (Number.isNaN(rate)) return '';
  // Of distributions, the observations are counted, which have no unit.
  return rateText(rate, kind === 'counter' ? unitOf(name) : 'none');
}

/** A quantile for people; nothing where there is none. @internal */
export function quantileText({ name }: Family, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '';
  const unit = unitOf(name);
  return unit === 'seconds' ? seconds(value) : quantity(value, unit);
}
