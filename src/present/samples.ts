// Metrics as data, in prom-client's form.

import { labelSetRead, type Exemplar } from '../labels/exemplar';
import { labelText, put } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { MetricObject } from './metric-object';
import type { FamilyValues } from '../heap/native';

/** One series with its value. @internal */
export interface Sample {
  /** Its labels, without labels that come from the registry. */
  labels: LabelSet;
  /** The labels that come from the registry, and other labels that the metric has not declared. */
  added: LabelSet;
  /** The value of a counter or a gauge. */
  value: number;
  /** The sum of a histogram or a summary. */
  sum: number;
  /** The buckets of a histogram, not cumulative, `+Inf` last. */
  counts: readonly number[];
  /** The count of a summary. */
  count?: number;
  /** The values of a summary's quantiles. */
  quantiles?: readonly number[];
  /** The newest exemplar of each bucket that has one; a counter has one bucket. */
  exemplars?: readonly (Exemplar | undefined)[];
}

/** The value of a series, without its labels. @internal */
export type Measured = Omit<Sample, 'labels' | 'added'>;

/** One value in prom-client's form. @internal */
export interface Value {
  value: number;
  labels: Record<string, unknown>;
  metricName?: string;
  exemplar?: Exemplar | null | undefined;
}

/** A metric in prom-client's JSON. @internal */
export type Presented = MetricObject & { values: Value[]; sourceHeap?: string };

/**
 * A metric with its values, with the fields in prom-client's order, which matters to comparisons of JSON texts.
 * @internal
 */
export function presented(
  { name, help, type, aggregator }: Omit<MetricObject, 'collect'>,
  values: Value[],
): Presented {
  const isNameFirst = type === 'histogram' || type === 'summary';
  return (
    isNameFirst
      ? { name, help, type, values, aggregator }
      : { help, name, type, values, aggregator }
  ) as Presented;
}

/** The series of a family that was read, as samples. @internal */
export function samplesOf(family: FamilyValues, labelNames: readonly string[]): Sample[] {
  return family.series.map((series) => {
    const labels: Record<string, unknown> = {};
    const added: Record<string, unknown> = {};
    for (let index = 0; index < series.labels.length; index += 2) {
      const name = series.labels[index] as string;
      put(labelNames.includes(name) ? labels : added, name, series.labels[index + 1]);
    }
    const { value = 0, sum = 0, bucketCounts: counts = [], count = 0, quantiles = [] } = series;
    const exemplars = exemplarsOf(series.exemplars);
    return { labels, added, value, sum, counts, count, quantiles, exemplars };
  });
}

/** Exemplars in prom-client's form, by bucket. */
function exemplarsOf(found: FamilyValues['series'][number]['exemplars']): Exemplar[] {
  const exemplars: Exemplar[] = [];
  for (const { bucket, labels, value, timestamp } of found) {
    exemplars[bucket] = { labelSet: labelSetRead(labels), value, timestamp };
  }
  return exemplars;
}

/** The values of a counter or a gauge. @internal */
export function numberValues(samples: readonly Sample[]): Value[] {
  return samples.map(({ value, labels, added, exemplars: [exemplar] = [] }) => ({
    value,
    labels: { ...labels, ...added },
    ...(exemplar && { exemplar }),
  }));
}

/**
 * The values of a histogram: cumulative buckets, sum and count of each series.
 *
 * @param none The exemplar of the last bucket if it has none. All other buckets have null then.
 * @internal
 */
export function histogramValues(
  name: string,
  bounds: readonly number[],
  samples: readonly Sample[],
  none: null | undefined,
): Value[] {
  return samples.flatMap((sample) => {
    const labels = { ...sample.labels, ...sample.added };
    let count = 0;
    const buckets = [...bounds, '+Inf'].map((le, bucket) => ({
      value: (count += sample.counts[bucket] ?? 0),
      metricName: `${name}_bucket`,
      exemplar: sample.exemplars?.[bucket] ?? (bucket < bounds.length ? null : none),
      labels: { le, ...labels },
    }));
    return [
      ...buckets,
      { value: sample.sum, metricName: `${name}_sum`, exemplar: undefined, labels },
      { value: count, metricName: `${name}_count`, exemplar: undefined, labels: { ...labels } },
    ];
  });
}

/** The values of a summary: quantiles, sum and count of each series. @internal */
export function summaryValues(
  name: string,
  ranks: readonly number[],
  samples: readonly Sample[],
): Value[] {
  return samples.flatMap(({ labels: own, added, sum, count = 0, quantiles = [] }) => {
    const labels = { ...own, ...added };
    return [
      // Without -0, as in prom-client.
      ...ranks.map((quantile, index) => ({
        labels: { quantile, ...labels },
        value: quantiles[index] || 0,
      })),
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels: { ...labels }, value: count },
    ];
  });
}

/** The values of an info: always 1. @internal */
export function infoValues(name: string, samples: readonly Sample[]): Value[] {
  const metricName = name.endsWith('_info') ? name : `${name}_info`;
  return samples.map(({ labels, added }) => ({
    value: 1,
    labels: { ...labels, ...added },
    metricName,
  }));
}

/** The values of an enum: 1 for the state of each series, 0 for the others. @internal */
export function enumValues(
  name: string,
  states: readonly string[],
  samples: readonly Sample[],
): Value[] {
  return samples.flatMap(({ labels, added, value: current }) =>
    states.map((state, index) => ({
      value: index === current ? 1 : 0,
      labels: { ...labels, ...added, [name]: state },
    })),
  );
}

/** A metric that this isolate has not declared, as data. @internal */
export function unknownFamily(family: FamilyValues): Record<string, unknown> {
  const { help, name, kind, aggregator } = family;
  // prom-client's JSON has only four types.
  const isShared = kind === 'info' || kind === 'enum';
  return {
    help,
    name,
    type: isShared ? 'gauge' : kind,
    values: unknownValues(family),
    aggregator: isShared ? 'first' : aggregator,
  };
}

function unknownValues(family: FamilyValues): Value[] {
  const samples = samplesOf(family, family.labelNames);
  switch (family.kind) {
    case 'histogram':
      return histogramValues(family.name, family.buckets, samples, null);
    case 'summary':
      return summaryValues(family.name, family.buckets, samples);
    case 'info':
      return infoValues(family.name, samples);
    case 'enum':
      return enumValues(family.name, family.states, samples);
    default:
      return numberValues(samples);
  }
}

/** Removes the default labels of a registry. @internal */
export function withoutDefaults(samples: Sample[], defaults: LabelSet): Sample[] {
  if (Object.keys(defaults).length === 0) return samples;
  const isDefault = (name: string, value: unknown): boolean =>
    Object.hasOwn(defaults, name) && labelText(defaults[name]) === labelText(value);
  return samples.map((sample) => {
    const added = Object.entries(sample.added).filter(([name, value]) => !isDefault(name, value));
    return { ...sample, added: Object.fromEntries(added) };
  });
}
