// The value of one series, for a test.

import type { Counter, Enum, Gauge, Histogram, Info, Labels, Metric, Summary } from '../../index';

/** The values of a histogram. */
export interface HistogramValue {
  /** The number of observations. */
  readonly count: number;
  /** The sum of the observed values, in the unit of the metric. */
  readonly sum: number;
  /** The cumulative counts, by bound, including `+Inf`. */
  readonly buckets: Readonly<Record<string, number>>;
}

/** The values of a summary. */
export interface SummaryValue {
  /** The number of observations. */
  readonly count: number;
  /** The sum of the observed values, in the unit of the metric. */
  readonly sum: number;
  /** Values by quantiles. */
  readonly quantiles: Readonly<Record<string, number>>;
}

/** One sample of a metric. */
interface ReadSample {
  readonly labels: Readonly<Record<string, unknown>>;
  readonly value: number;
  readonly metricName?: string;
}

/** The label that the samples of histograms or summaries have for themselves. */
const OWN: Readonly<Record<string, { readonly label: string; readonly of: string }>> = {
  histogram: { label: 'le', of: 'buckets' },
  summary: { label: 'quantile', of: 'quantiles' },
};

/** The value of a series in the whole application; undefined if there is no series with exactly those labels. */
export function valueOf(
  metric: Counter | Gauge | Info | Enum,
  labels?: Labels,
): Promise<number | undefined>;
/** The values of a histogram in the whole application. */
export function valueOf(metric: Histogram, labels?: Labels): Promise<HistogramValue | undefined>;
/** The values of a summary in the whole application. */
export function valueOf(metric: Summary, labels?: Labels): Promise<SummaryValue | undefined>;
/** As above, for a metric of any class. */
export function valueOf(
  metric: Metric,
  labels?: Labels,
): Promise<number | HistogramValue | SummaryValue | undefined>;
export async function valueOf(
  metric: Metric,
  labels: Labels = {},
): Promise<number | HistogramValue | SummaryValue | undefined> {
  const { type, values } = (await metric.get()) as unknown as {
    type: string;
    values: ReadSample[];
  };
  const own = OWN[type];
  const found = values.filter((sample) => isSame(withoutLabel(sample.labels, own?.label), labels));
  if (found.length === 0) return undefined;
  if (own === undefined) return found[0]?.value;
  const of = (suffix: string): number =>
    found.find(({ metricName }) => metricName === `${metric.name}_${suffix}`)?.value ?? 0;
  const parts = found
    .filter((sample) => Object.hasOwn(sample.labels, own.label))
    .map((sample): [string, number] => [String(sample.labels[own.label]), sample.value]);
  const [count, sum] = [of('count'), of('sum')];
  return { count, sum, [own.of]: Object.fromEntries(parts) } as unknown as HistogramValue;
}

function withoutLabel(
  labels: ReadSample['labels'],
  name: string | undefined,
): ReadSample['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([other]) => other !== name));
}

/** Whether two label sets mean one series. A number and its text are equal. */
function isSame(one: ReadSample['labels'], other: ReadSample['labels']): boolean {
  return textOf(one) === textOf(other);
}

function textOf(labels: ReadSample['labels']): string {
  const given = Object.entries(labels).filter(([, value]) => value !== undefined);
  const pairs = given.map(([name, value]) => `${name}=${String(value)}`);
  pairs.sort();
  return JSON.stringify(pairs);
}
