// Metrics that are not of this package as families: prom-client's flat values, gathered by series.

import type { FamilyValues } from '../heap/native';
import { labelText } from '../labels/labels';
import type { LabelSet } from '../labels/label-set';
import type { ExternalMetric, ExternalValues } from './external-metric';

type Value = NonNullable<ExternalValues['values']>[number];
type SeriesValues = FamilyValues['series'][number];

/** Such a metric as families. Its samples of other names are families of their own. @internal */
export async function readExternal(
  metric: ExternalMetric,
  defaults: LabelSet,
): Promise<FamilyValues[]> {
  const data =
    typeof metric.getForPromString === 'function'
      ? await metric.getForPromString()
      : await metric.get();
  const values = data.values ?? [];
  if (data.type === 'histogram') return [histogramFrom(data, values, defaults)];
  if (data.type === 'summary') return [summaryFrom(data, values, defaults)];
  const byName = new Map<string, Value[]>([[`${data.name}`, []]]);
  for (const value of values) {
    const name = `${value.metricName ?? data.name}`;
    byName.set(name, [...(byName.get(name) ?? []), value]);
  }
  return [...byName]
    .filter(([name, own]) => own.length > 0 || name === data.name)
    .map(([name, own]) => numbersFrom({ ...data, name }, own, defaults));
}

function numbersFrom(data: ExternalValues, values: Value[], defaults: LabelSet): FamilyValues {
  const { type } = data;
  const kind = type === 'counter' || type === 'gauge' ? type : 'unknown';
  const series = values.map((value) =>
    seriesOf(pairsOf(value, defaults), {
      value: Number(value.value),
      exemplars: exemplarsOf(value, 0),
    }),
  );
  return { ...emptyFamily(data, kind), series };
}

function histogramFrom(data: ExternalValues, values: Value[], defaults: LabelSet): FamilyValues {
  const isBucket = ({ metricName }: Value): boolean => metricName === `${data.name}_bucket`;
  const bounds = [...new Set(values.filter(isBucket).map(boundOf))].filter(Number.isFinite);
  bounds.sort((one, other) => one - other);
  const series = bySeries(values, 'le', defaults).map(({ pairs, own }) => {
    const all = [...bounds, Infinity];
    const buckets = own.filter(isBucket);
    const count = totalOf(own, `${data.name}_count`);
    let before = 0;
    const bucketCounts = all.map((bound) => {
      const found = buckets.find((value) => boundOf(value) === bound);
      const cumulative = found ? Number(found.value) : bound === Infinity ? count : before;
      const alone = cumulative - before;
      before = cumulative;
      return alone;
    });
    return seriesOf(pairs, {
      sum: totalOf(own, `${data.name}_sum`),
      count,
      bucketCounts,
      exemplars: buckets.flatMap((value) => exemplarsOf(value, all.indexOf(boundOf(value)))),
    });
  });
  return { ...emptyFamily(data, 'histogram'), buckets: bounds, series };
}

function summaryFrom(data: ExternalValues, values: Value[], defaults: LabelSet): FamilyValues {
  const rankOf = (value: Value): number => Number(labelsOf(value)['quantile'] ?? NaN);
  const ranks = [...new Set(values.map(rankOf))].filter((rank) => !Number.isNaN(rank));
  const series = bySeries(values, 'quantile', defaults).map(({ pairs, own }) =>
    seriesOf(pairs, {
      sum: totalOf(own, `${data.name}_sum`),
      count: totalOf(own, `${data.name}_count`),
      quantiles: ranks.map((rank) => Number(own.find((value) => rankOf(value) === rank)?.value)),
    }),
  );
  return { ...emptyFamily(data, 'summary'), buckets: ranks, series };
}

/** Values whose labels differ only in the one of that name are of one series. */
function bySeries(
  values: readonly Value[],
  name: string,
  defaults: LabelSet,
): { pairs: string[]; own: Value[] }[] {
  const found = new Map<string, { pairs: string[]; own: Value[] }>();
  for (const value of values) {
    const pairs = pairsOf(value, defaults, name);
    const key = JSON.stringify(pairs);
    const series = found.get(key);
    if (series === undefined) found.set(key, { pairs, own: [value] });
    else series.own.push(value);
  }
  return [...found.values()];
}

function labelsOf({ labels = {}, sharedLabels = {} }: Value): LabelSet {
  return { ...labels, ...sharedLabels };
}

/** Names and texts in turn, with the default labels and without the label of that name. */
function pairsOf(value: Value, defaults: LabelSet, omitted?: string): string[] {
  const labels = labelsOf(value);
  return Object.entries({ ...labels, ...defaults, ...labels })
    .filter(([name]) => name !== omitted)
    .flatMap(([name, text]) => [name, labelText(text)]);
}

function boundOf(value: Value): number {
  const { le } = labelsOf(value);
  return le === '+Inf' ? Infinity : Number(le);
}

function totalOf(values: readonly Value[], name: string): number {
  return Number(values.find(({ metricName }) => metricName === name)?.value ?? 0);
}

function exemplarsOf({ exemplar }: Value, bucket: number): SeriesValues['exemplars'] {
  if (!exemplar) return [];
  const { labelSet, value, timestamp } = exemplar;
  const labels = Object.entries(labelSet).flatMap(([name, text]) => [name, labelText(text)]);
  return [{ bucket, labels, value: Number(value), timestamp: Number(timestamp) }];
}

function emptyFamily({ name, help }: ExternalValues, kind: string): FamilyValues {
  return {
    name: `${name}`,
    help: `${help}`,
    unit: '',
    kind,
    aggregator: 'sum',
    labelNames: [],
    buckets: [],
    states: [],
    series: [],
  };
}

/** A series whose start time is not known. */
function seriesOf(labels: string[], values: Partial<SeriesValues>): SeriesValues {
  return { labels, created: 0, exemplars: [], ...values };
}
