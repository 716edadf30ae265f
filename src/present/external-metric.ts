// Metrics that are not of this package, but registered with it: plain objects with a `get()`.

import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import { hasOwn, put } from '../labels/labels';

/** What a registry asks of a metric. @internal */
export interface ExternalMetric {
  readonly name: string;
  get(): ExternalValues | Promise<ExternalValues>;
  getForPromString?(): ExternalValues | Promise<ExternalValues>;
  reset?(): void;
}

/** What such a metric gives. @internal */
export interface ExternalValues {
  name: string;
  help: string;
  type: string;
  values?: {
    value: number;
    labels?: LabelSet;
    sharedLabels?: LabelSet;
    metricName?: string;
    exemplar?: Exemplar | null;
  }[];
}

/** Such a metric as data, with the default labels where it has none of that name. @internal */
export async function valuesOf(
  metric: ExternalMetric,
  defaults: LabelSet,
): Promise<ExternalValues> {
  return withDefaults(await metric.get(), defaults);
}

/** Fills in what has no value, and also what has an empty one: prom-client tells no difference in its data. @internal */
export function withDefaults<Data extends Pick<ExternalValues, 'values'>>(
  data: Data,
  defaults: LabelSet,
): Data {
  const names = Object.keys(defaults);
  if (names.length === 0) return data;
  for (const value of data.values ?? []) {
    const labels: Record<string, unknown> = { ...value.labels };
    for (const name of names) {
      if (!hasOwn(labels, name) || !labels[name]) put(labels, name, defaults[name]);
    }
    value.labels = labels;
  }
  return data;
}
