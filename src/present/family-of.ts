// Families as the binding reads them, typed for users.

import type { FamilyValues } from '../heap/native';
import { put } from '../labels/labels';
import type {
  AccumulatingSeries,
  FamilyExemplar,
  FamilyHead,
  HistogramSeries,
  MetricFamily,
  NativeBuckets,
  SeriesLabels,
} from './metric-family';

type SeriesValues = FamilyValues['series'][number];
type ExemplarValues = SeriesValues['exemplars'][number];

/** A family for users. @internal */
export function familyOf(values: FamilyValues): MetricFamily {
  const { name, help, unit, kind, buckets: ranks, states } = values;
  const head: FamilyHead = { name, help, unit };
  const each = <Series>(present: (series: SeriesValues) => Series): Series[] =>
    values.series.map(present);
  switch (kind) {
    case 'counter':
      return {
        ...head,
        type: kind,
        series: each((series) => ({
          ...startOf(series),
          value: numberIn(series.value),
          exemplar: exemplarIn(series.exemplars, 0),
        })),
      };
    case 'histogram':
      return { ...head, type: kind, series: each((series) => histogramOf(series, ranks)) };
    case 'summary':
      return {
        ...head,
        type: kind,
        series: each((series) => ({
          ...startOf(series),
          count: numberIn(series.count),
          sum: numberIn(series.sum),
          quantiles: ranks.map((quantile, index) => ({
            quantile,
            value: numberIn(series.quantiles?.[index]),
          })),
        })),
      };
    case 'info':
      return { ...head, type: kind, series: each(({ labels }) => ({ labels: labelsOf(labels) })) };
    case 'enum':
      return {
        ...head,
        type: kind,
        states,
        series: each(({ labels, value }) => ({
          labels: labelsOf(labels),
          state: states[numberIn(value)] ?? '',
        })),
      };
    default:
      return {
        ...head,
        type: kind === 'gauge' ? kind : 'unknown',
        series: each(({ labels, value }) => ({ labels: labelsOf(labels), value: numberIn(value) })),
      };
  }
}

function histogramOf(series: SeriesValues, bounds: readonly number[]): HistogramSeries {
  let cumulativeCount = 0;
  const buckets = [...bounds, Infinity].map((upperBound, index) => {
    cumulativeCount += series.bucketCounts?.[index] ?? 0;
    return { upperBound, cumulativeCount, exemplar: exemplarIn(series.exemplars, index) };
  });
  return {
    ...startOf(series),
    count: numberIn(series.count),
    sum: numberIn(series.sum),
    // A native histogram without classic buckets would have only the last one, which the count is.
    buckets: series.native && bounds.length === 0 ? [] : buckets,
    native: series.native ? nativeOf(series.native) : null,
  };
}

function nativeOf(native: NonNullable<SeriesValues['native']>): NativeBuckets {
  const { schema, zeroThreshold, zeroCount, positive, negative, exemplars } = native;
  const read = exemplars.map(exemplarOf);
  return { schema, zeroThreshold, zeroCount, positive, negative, exemplars: read };
}

/** Labels and start time. The time is 0 if it is not known, or if the clock of the writer was before the epoch. */
function startOf({ labels, created }: SeriesValues): AccumulatingSeries {
  return { labels: labelsOf(labels), startTime: created > 0 ? created : null };
}

/** Labels as an object, of names and texts in turn. @internal */
export function labelsOf(pairs: readonly string[]): SeriesLabels {
  const labels: Record<string, string> = {};
  for (let index = 0; index < pairs.length; index += 2) {
    put(labels, pairs[index] as string, pairs[index + 1]);
  }
  return labels;
}

function exemplarIn(exemplars: readonly ExemplarValues[], bucket: number): FamilyExemplar | null {
  const found = exemplars.find((exemplar) => exemplar.bucket === bucket);
  return found === undefined ? null : exemplarOf(found);
}

function exemplarOf({ labels, value, timestamp }: ExemplarValues): FamilyExemplar {
  return { labels: labelsOf(labels), value, timestamp };
}

function numberIn(value: number | null | undefined): number {
  return value ?? NaN;
}
