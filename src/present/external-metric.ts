// External metrics: registered objects with a `get()` that are not of this package.

import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import { hasOwn, put } from '../labels/labels';

/** An external metric, in the form that registries need. @internal */
export interface ExternalMetric {
  readonly name: string;
  get(): ExternalValues | Promise<ExternalValues>;
  getForPromString?(): ExternalValues | Promise<ExternalValues>;
  reset?(): void;
}

/** The result of its `get()`. @internal */
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

/** The metric as data, with the default labels for names that the metric does not have. @internal */
export async function valuesOf(
  metric: ExternalMetric,
  defaults: LabelSet,
): Promise<ExternalValues> {
  return withDefaults(await metric.get(), defaults);
}

/** Fills in default labels that are missing or empty. prom-client treats both alike in its data. @internal */
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
