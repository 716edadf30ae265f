// Metrics that are not of this package, but registered with it: plain objects with a `get()`.

import type { Exemplar } from './exemplar';
import { labelText } from './labels';
import type { LabelSet } from './types';

/** What a registry asks of a metric. @internal */
export interface ForeignMetric {
  readonly name: string;
  get(): ForeignValues | Promise<ForeignValues>;
  getForPromString?(): ForeignValues | Promise<ForeignValues>;
  reset?(): void;
}

/** What such a metric gives. @internal */
export interface ForeignValues {
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
export async function valuesOf(metric: ForeignMetric, defaults: LabelSet): Promise<ForeignValues> {
  return withDefaults(await metric.get(), defaults);
}

/** Fills in what has no value, and also what has an empty one: prom-client tells no difference in its data. @internal */
export function withDefaults<Data extends Pick<ForeignValues, 'values'>>(
  data: Data,
  defaults: LabelSet,
): Data {
  const names = Object.keys(defaults);
  if (names.length === 0) return data;
  for (const value of data.values ?? []) {
    const labels: Record<string, unknown> = { ...value.labels };
    for (const name of names) labels[name] ||= defaults[name];
    value.labels = labels;
  }
  return data;
}

/** The text of such a metric, as prom-client writes it, without a line end. @internal */
export async function encodeForeign(
  metric: ForeignMetric,
  defaults: LabelSet,
  format: string,
): Promise<string> {
  const {
    name,
    help,
    type,
    values = [],
  } = typeof metric.getForPromString === 'function'
    ? await metric.getForPromString()
    : await metric.get();
  const isOpenMetrics = format === 'openmetrics';
  // A counter's samples end in _total there, its family does not.
  const isTotal = isOpenMetrics && type === 'counter';
  const family = isTotal ? name.replace(/_total$/, '') : name;
  const lines = [`# HELP ${family} ${escaped(help)}`, `# TYPE ${family} ${type}`];
  for (const { value, labels = {}, sharedLabels = {}, metricName, exemplar } of values) {
    const sample = isTotal
      ? `${(metricName ?? family).replace(/_total$/, '')}_total`
      : (metricName ?? family);
    const own = Object.entries({ ...labels, ...defaults, ...labels }).filter(
      ([label]) => !Object.hasOwn(sharedLabels, label),
    );
    const pairs = [...own, ...Object.entries(sharedLabels)].map(pairText).join(',');
    let line = `${sample}${pairs === '' ? '' : `{${pairs}}`} ${numberText(value)}`;
    if (exemplar && isOpenMetrics) {
      const about = Object.entries(exemplar.labelSet).map(pairText).join(',');
      line += ` # {${about}} ${numberText(exemplar.value)} ${exemplar.timestamp}`;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function pairText([name, value]: [string, unknown]): string {
  return `${name}="${escaped(labelText(value)).replaceAll('"', '\\"')}"`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return `${value}`;
}
