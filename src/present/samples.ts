// Metrics as data, in the shape that prom-client gives them.

import { labelSetRead, type Exemplar } from '../labels/exemplar';
import { labelText, put } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { MetricObject } from './metric-object';
import type { FamilyValues } from '../heap/native';

/** One series with what it has measured. @internal */
export interface Sample {
  /** Its labels, without those that come from the registry. */
  labels: LabelSet;
  /** Those that do, and others that the metric does not know of. */
  added: LabelSet;
  /** A counter's or a gauge's value. */
  value: number;
  /** A histogram's or summary's sum. */
  sum: number;
  /** A histogram's buckets, not cumulative, `+Inf` last. */
  counts: readonly number[];
  /** A summary's count. */
  count?: number;
  /** The values of a summary's quantiles. */
  quantiles?: readonly number[];
  /** The newest exemplar of each bucket that has one; a counter has one bucket. */
  exemplars?: readonly (Exemplar | undefined)[];
}

/** What a series has measured. @internal */
export type Measured = Omit<Sample, 'labels' | 'added'>;

/** One value as prom-client has it. @internal */
export interface Value {
  value: number;
  labels: Record<string, unknown>;
  metricName?: string;
  exemplar?: Exemplar | null | undefined;
}

/** A metric as prom-client's JSON has it. @internal */
export type Presented = MetricObject & { values: Value[]; origin?: string };

/** Values as those of a metric, in prom-client's order, which comparisons of JSON texts see. @internal */
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

/** What was read of a family, as samples. @internal */
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

/** Exemplars as prom-client has them, by bucket. */
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
 * @param none What the last bucket has when it has no exemplar; all others have null then.
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
      // Without -0, as prom-client has it.
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

/** A metric that this isolate has not declared itself, as data. @internal */
export function unknownFamily(family: FamilyValues): Record<string, unknown> {
  const { help, name, kind, aggregator } = family;
  // In the words of prom-client's JSON, which knows four kinds.
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

/** Leaves out what a registry adds to the labels. @internal */
export function withoutDefaults(samples: Sample[], defaults: LabelSet): Sample[] {
  if (Object.keys(defaults).length === 0) return samples;
  const isDefault = (name: string, value: unknown): boolean =>
    Object.hasOwn(defaults, name) && labelText(defaults[name]) === labelText(value);
  return samples.map((sample) => {
    const added = Object.entries(sample.added).filter(([name, value]) => !isDefault(name, value));
    return { ...sample, added: Object.fromEntries(added) };
  });
}
