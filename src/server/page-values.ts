// Families with their values in the form of the page's events.

import type { FamilyValues } from '../heap/native';
import type { PageHead, PageNumber, PageValue } from '../present/page-data';
import { sparseOf } from '../present/sparse-scale';

type SeriesValues = FamilyValues['series'][number];

const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'info', 'enum'] as const;

/** A family of one reading. Its values are made once, for all pages. @internal */
export interface PageReading {
  readonly name: string;
  /** The labels of all series: names and texts in turn. */
  readonly labels: readonly (readonly string[])[];
  /** The values of all series, in the same order. */
  readonly values: readonly PageValue[];
}

/** A family for the list. @internal */
export function headOf(family: FamilyValues, isKept: boolean): PageHead {
  const { name, help, kind, series, states, buckets } = family;
  const type = TYPES.find((each) => each === kind) ?? 'unknown';
  const bounds = type === 'histogram' || type === 'summary' ? buckets : [];
  return { name, help, type, size: series.length, isKept, bounds, states };
}

/** A family's labels and values. @internal */
export function readingOf(family: FamilyValues): PageReading {
  const { name, series } = family;
  const labels = series.map((each) => each.labels);
  return { name, labels, values: series.map((each) => valueOf(family, each)) };
}

function valueOf({ kind, buckets, states }: FamilyValues, series: SeriesValues): PageValue {
  const { value, count, sum, bucketCounts, quantiles, native } = series;
  switch (kind) {
    case 'histogram': {
      // A native histogram without classic buckets would have only the last one, which the count is.
      const isSparse = native != null && buckets.length === 0;
      const counts = isSparse ? [] : (bucketCounts ?? []);
      const sparse = native == null ? {} : { sparse: sparseOf(native) };
      return { count: count ?? 0, sum: safe(sum), counts, ...sparse };
    }
    case 'summary':
      return {
        count: count ?? 0,
        sum: safe(sum),
        quantiles: buckets.map((_, rank) => safe(quantiles?.[rank])),
      };
    case 'enum':
      return { state: states[value ?? NaN] ?? '' };
    case 'info':
      return 1;
    default:
      return safe(value);
  }
}

/** Whether two values of a series are the same. @internal */
export function isSameValue(one: PageValue | undefined, other: PageValue): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  if (one === null || other === null) return one === other;
  // Most distributions that change have another count.
  if ('count' in one && 'count' in other && one.count !== other.count) return false;
  return JSON.stringify(one) === JSON.stringify(other);
}

function safe(value: number | null | undefined): PageNumber {
  if (value == null || Number.isNaN(value)) return null;
  if (Number.isFinite(value)) return value;
  return value > 0 ? '+Inf' : '-Inf';
}
