// Metrics that are not of this package as text: what the core does for its own, for data that no heap holds.

import type { ExternalMetric, ExternalValues } from './external-metric';
import { escaped, labelText } from '../labels/labels';
import { isOpenMetrics, type Format } from '../heap/request';
import type { LabelSet } from '../labels/label-set';

/** What such a metric has a line for. */
type Value = NonNullable<ExternalValues['values']>[number];

/** The text of such a metric, as prom-client writes it where the format does not ask for more, without a line end. @internal */
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
  // A counter's samples end in _total there, its family does not.
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
      const told = Object.entries(labelSet).map(([label, text]) => pairText(label, text));
      line += ` # {${told.join(',')}} ${numberText(observed)} ${inLine(timestamp)}`;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

function withoutTotal(name: unknown): string {
  return `${name as string}`.replace(/_total$/, '');
}

/** Whether the specification of OpenMetrics lets a number stand: what only grows, and quantiles, are not below zero. */
function isAllowed({ name, type, values = [] }: ExternalValues): (value: Value) => boolean {
  const isSum = ({ metricName }: Value): boolean => metricName === `${name}_sum`;
  if (type === 'counter') return ({ value }) => value >= 0;
  if (type === 'summary') {
    return (value) => value.value >= 0 || (Number.isNaN(value.value) && !isSum(value));
  }
  if (type !== 'histogram') return () => true;
  // The sum of what may be negative may fall, and the count does not stand without it.
  const isWithoutSum = values.some(
    (value) => (isSum(value) && !(value.value >= 0)) || Number(value.labels?.['le']) < 0,
  );
  return (value) => !isWithoutSum || !(isSum(value) || value.metricName === `${name}_count`);
}

/** Whether a label is a number, which each format writes in its own way. */
function isBound(type: string, label: string): boolean {
  return label === { histogram: 'le', summary: 'quantile' }[type];
}

/** A bound as Go's `%g` writes it, with a decimal point or an exponent, which OpenMetrics asks for. */
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
 * A text within its line, with unescaped quotation marks. Every text of an external metric goes through here, or is escaped
 * like a label value. A line end would begin an arbitrary line.
 */
function inLine(text: unknown): string {
  return `${text as string}`.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: unknown): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  return inLine(value);
}
