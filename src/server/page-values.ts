// Typed families in the form of the page's events.

import type { HistogramSeries, MetricFamily, SparseBucket } from '../present/metric-family';
import type { PageHead, PageNumber, PageSparse, PageValue } from '../present/page-data';

/** A family for the list. @internal */
export function headOf(family: MetricFamily, isKept: boolean): PageHead {
  const { name, help, type, series } = family;
  const states = family.type === 'enum' ? family.states : [];
  return { name, help, type, size: series.length, isKept, bounds: boundsOf(family), states };
}

/** The values of all series, in order. @internal */
export function valuesOf(family: MetricFamily): PageValue[] {
  switch (family.type) {
    case 'histogram':
      return family.series.map(histogramOf);
    case 'summary':
      return family.series.map(({ count, sum, quantiles }) => ({
        count,
        sum: safe(sum),
        quantiles: quantiles.map(({ value }) => safe(value)),
      }));
    case 'enum':
      return family.series.map(({ state }) => ({ state }));
    case 'info':
      return family.series.map(() => 1);
    default:
      return family.series.map(({ value }) => safe(value));
  }
}

function boundsOf(family: MetricFamily): number[] {
  if (family.type === 'histogram') {
    const bounds = family.series[0]?.buckets.map(({ upperBound }) => upperBound) ?? [];
    return bounds.slice(0, -1);
  }
  if (family.type !== 'summary') return [];
  return family.series[0]?.quantiles.map(({ quantile }) => quantile) ?? [];
}

function histogramOf({ count, sum, buckets, native }: HistogramSeries): PageValue {
  const counts = buckets.map(
    ({ cumulativeCount }, index) => cumulativeCount - (buckets[index - 1]?.cumulativeCount ?? 0),
  );
  if (native === null) return { count, sum: safe(sum), counts };
  const sparse: PageSparse = {
    schema: native.schema,
    zero: [native.zeroThreshold, native.zeroCount],
    positive: flat(native.positive),
    negative: flat(native.negative),
  };
  return { count, sum: safe(sum), counts, sparse };
}

function flat(buckets: readonly SparseBucket[]): number[] {
  return buckets.flatMap(({ index, count }) => [index, count]);
}

function safe(value: number): PageNumber {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return null;
  return value > 0 ? '+Inf' : '-Inf';
}
