// External metrics as text. The core encodes the metrics of heaps, and this file all others.

import type { ExternalMetric, ExternalValues } from './external-metric';
import { escaped, labelText } from '../labels/labels';
import { isOpenMetrics, type Format } from '../heap/request';
import type { LabelSet } from '../labels/label-set';

/** One value of an external metric. */
type Value = NonNullable<ExternalValues['values']>[number];

/**
 * The text of an external metric without a line end, in prom-client's layout except for the demands of the format.
 * @internal
 */
export async function encodeExternal(
  metric: ExternalMetric,
  defaults: LabelSet,
  format: Format,
): Promise<string> {
  const data =
    typeof metric.getForPromString === 'function'
      ? await metric.getForPromString()
      : await metric.get();
  const { name, help, type } = data;
  const isStandard = format === 'openmetrics';
  // In OpenMetrics, `_total` belongs to the samples of a counter, not to its family.
  const isTotal = isOpenMetrics(format) && type === 'counter';
  const family = isTotal ? withoutTotal(name) : name;
  const about = isStandard ? escaped(`${help}`) : inLine(help);
  const kind = isStandard && type === 'untyped' ? 'unknown' : type;
  const lines = [`# HELP ${inLine(family)} ${about}`, `# TYPE ${inLine(family)} ${inLine(kind)}`];
  const values = data.values ?? [];
  for (const value of isStandard ? values.filter(isAllowed(data)) : values) {
    const { labels = {}, sharedLabels = {}, metricName, exemplar } = value;
    const sample = isTotal ? `${withoutTotal(metricName ?? family)}_total` : (metricName ?? family);
    const own = Object.entries({ ...labels, ...defaults, ...labels }).filter(
      ([label]) => !Object.hasOwn(sharedLabels, label),
    );
    const pairs = [...own, ...Object.entries(sharedLabels)]
      .map(([label, text]) =>
        pairText(label, isStandard && isBound(type, label) ? canonical(text) : text),
      )
      .join(',');
    let line = `${inLine(sample)}${pairs === '' ? '' : `{${pairs}}`} ${numberText(value.value)}`;
    if (exemplar && isOpenMetrics(format)) {
      const { labelSet, value: observed, timestamp } = exemplar;
      const exemplarPairs = Object.entries(labelSet).map(([label, text]) => pairText(label, text));
      line += ` # {${exemplarPairs.join(',')}} ${numberText(observed)} ${inLine(timestamp)}`;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function withoutTotal(name: unknown): string {
  return `${name as string}`.replace(/_total$/, '');
}

/** Selects the values that the specification of OpenMetrics allows. Counters and summaries have no negative ones. */
function isAllowed({ name, type, values = [] }: ExternalValues): (value: Value) => boolean {
  const isSum = ({ metricName }: Value): boolean => metricName === `${name}_sum`;
  if (type === 'counter') return ({ value }) => value >= 0;
  if (type === 'summary') {
    return (value) => value.value >= 0 || (Number.isNaN(value.value) && !isSum(value));
  }
  if (type !== 'histogram') return () => true;
  // If values may be negative, the sum may fall. Then OpenMetrics omits the sum, and the count with it.
  const isWithoutSum = values.some(
    (value) => (isSum(value) && !(value.value >= 0)) || Number(value.labels?.['le']) < 0,
  );
  return (value) => !isWithoutSum || !(isSum(value) || value.metricName === `${name}_count`);
}

/** Whether a label is a number, which each format writes in its own way. */
function isBound(type: string, label: string): boolean {
  return label === { histogram: 'le', summary: 'quantile' }[type];
}

/** A bound as Go's `%g` writes it, with a decimal point or an exponent, as OpenMetrics demands. */
function canonical(bound: unknown): unknown {
  const number = Number(bound);
  if (!Number.isFinite(number)) return bound;
  const [mantissa, exponent] = number.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (number === 0 || (power >= -4 && power < 6)) {
    return Number.isInteger(number) ? `${number}.0` : `${number}`;
  }
  return `${mantissa}e${exponent[0]}${`${Math.abs(power)}`.padStart(2, '0')}`;
}

function pairText(name: string, value: unknown): string {
  return `${inLine(name)}="${escaped(labelText(value))}"`;
}

/**
 * A text that stays on its line, with unescaped quotation marks. Every text of an external metric either passes here or
 * is escaped like a label value, because a line end would begin an arbitrary line.
 */
function inLine(text: unknown): string {
  return `${text as string}`.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: unknown): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return inLine(value);
}
