// Metrics as data, in the shape that prom-client gives them.

import type { Exemplar } from './exemplar';
import { labelText } from './labels';
import type { LabelSet } from './types';
import type { FamilyValues } from './native';

/** One series with what it has measured. @internal */
export interface Sample {
  /** Its labels, without those that come from the registry. */
  labels: LabelSet;
  /** Those that do, and others that the metric does not know of. */
  added: LabelSet;
  /** A counter's or a gauge's value. */
  value: number;
  /** A histogram's sum. */
  sum: number;
  /** A histogram's buckets, not cumulative, `+Inf` last. */
  counts: readonly number[];
}

/** One value as prom-client has it. @internal */
export interface Value {
  value: number;
  labels: Record<string, unknown>;
  metricName?: string;
  exemplar?: Exemplar | null | undefined;
}

/** What was read of a family, as samples. @internal */
export function samplesOf(family: FamilyValues, labelNames: readonly string[]): Sample[] {
  return family.series.map((series) => {
    const labels: Record<string, unknown> = {};
    const added: Record<string, unknown> = {};
    for (let index = 0; index < series.labels.length; index += 2) {
      const name = series.labels[index] as string;
      (labelNames.includes(name) ? labels : added)[name] = series.labels[index + 1];
    }
    const { value = 0, sum = 0, bucketCounts: counts = [] } = series;
    return { labels, added, value, sum, counts };
  });
}

/** The values of a counter or a gauge. @internal */
export function numberValues(
  samples: readonly Sample[],
  exemplar: (sample: Sample) => Exemplar | undefined = () => undefined,
): Value[] {
  return samples.map((sample) => {
    const found = exemplar(sample);
    return {
      value: sample.value,
      labels: { ...sample.labels, ...sample.added },
      ...(found && { exemplar: found }),
    };
  });
}

/** The values of a histogram: cumulative buckets, sum and count of each series. @internal */
export function histogramValues(
  name: string,
  bounds: readonly number[],
  samples: readonly Sample[],
  exemplar: (sample: Sample, bucket: number) => Exemplar | null | undefined = () => null,
): Value[] {
  return samples.flatMap((sample) => {
    const labels = { ...sample.labels, ...sample.added };
    let count = 0;
    const buckets = [...bounds, '+Inf'].map((le, bucket) => ({
      value: (count += sample.counts[bucket] ?? 0),
      metricName: `${name}_bucket`,
      exemplar: exemplar(sample, bucket),
      labels: { le, ...labels },
    }));
    return [
      ...buckets,
      { value: sample.sum, metricName: `${name}_sum`, exemplar: undefined, labels },
      { value: count, metricName: `${name}_count`, exemplar: undefined, labels: { ...labels } },
    ];
  });
}

/** A metric that this isolate has not declared itself, as data. @internal */
export function unknownFamily(family: FamilyValues): Record<string, unknown> {
  const samples = samplesOf(family, family.labelNames);
  return {
    help: family.help,
    name: family.name,
    type: family.kind,
    values:
      family.kind === 'histogram'
        ? histogramValues(family.name, family.buckets, samples)
        : numberValues(samples),
    aggregator: family.aggregator,
  };
}

/** Leaves out what a registry adds to the labels. @internal */
export function withoutDefaults(samples: readonly Sample[], defaults: LabelSet): Sample[] {
  return samples.map((sample) => {
    const added = Object.entries(sample.added).filter(
      ([name, value]) => !Object.hasOwn(defaults, name) || labelText(defaults[name]) !== value,
    );
    return { ...sample, added: Object.fromEntries(added) };
  });
}
