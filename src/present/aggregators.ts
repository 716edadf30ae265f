// Metrics of several sources made one: for those who carry them as JSON from process to process themselves.

import { coded } from '../errors';
import { onceEach } from './origin';
import type { Aggregator, MetricObject } from './metric-object';

/** A metric as `getMetricsAsJSON()` gives it. */
export type MetricAsJson = Pick<MetricObject, 'help' | 'name' | 'type' | 'aggregator'> & {
  values: { value: number; labels: Record<string, unknown>; metricName?: string }[];
  /** Where the values were read: what several processes tell of the values that they share is taken once. */
  origin?: string;
};

/** Makes one metric of several; of none, and where it is left out, nothing. */
export type AggregatorFunction = (metrics: MetricAsJson[]) => MetricAsJson | undefined;

/**
 * Makes an aggregator of one's own: a function that brings the values of equal labels together by `combine`.
 *
 * ```ts
 * const last = AggregatorFactory((values) => values.at(-1)?.value ?? 0);
 * ```
 */
export function AggregatorFactory(
  combine: (values: { value: number }[]) => number,
): AggregatorFunction {
  return (metrics) => {
    const [first] = metrics;
    if (first === undefined) return undefined;
    const groups = new Map<string, MetricAsJson['values']>();
    for (const value of onceEach(metrics).flatMap(({ values }) => values)) {
      const key = keyOf(value);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else group.push(value);
    }
    const { help, name, type, aggregator } = first;
    const values = [...groups.values()].map((group) => {
      const { labels, metricName } = group[0] as MetricAsJson['values'][number];
      const value = combine(group);
      const own = { ...labels };
      return metricName ? { value, labels: own, metricName } : { value, labels: own };
    });
    return { help, name, type, values, aggregator };
  };
}

/** What tells a value from the others: quoted, so that no two sets of labels look alike. */
function keyOf({ metricName, labels }: MetricAsJson['values'][number]): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== undefined);
  const sorted = pairs.map(([name, value]) => [name, `${value as string}`]);
  sorted.sort();
  return JSON.stringify([metricName, sorted]);
}

/**
 * What can be done with the values that several sources have for one series.
 *
 * ```ts
 * const [total] = [aggregators.sum(await Promise.all(workers.map((worker) => worker.askForMetric())))];
 * ```
 */
export const aggregators: Record<Exclude<Aggregator, 'shared' | 'all'>, AggregatorFunction> = {
  /** The sum of the values. */
  sum: AggregatorFactory((values) => values.reduce((sum, { value }) => sum + value, 0)),
  /** The first value. */
  first: AggregatorFactory(([first]) => (first as { value: number }).value),
  /** Nothing: the metric is left out. */
  omit: () => undefined,
  /** The mean of the values. */
  average: AggregatorFactory(
    (values) => values.reduce((sum, { value }) => sum + value, 0) / values.length,
  ),
  /** The least of the values. */
  min: AggregatorFactory((values) =>
    values.reduce((least, { value }) => Math.min(least, value), Infinity),
  ),
  /** The greatest of the values. */
  max: AggregatorFactory((values) =>
    values.reduce((greatest, { value }) => Math.max(greatest, value), -Infinity),
  ),
};

/** What any process shows of these is right already. */
const BY_NAME = new Map<string, AggregatorFunction>(
  Object.entries({ ...aggregators, shared: aggregators.first, all: aggregators.first }),
);

/**
 * Makes one list of metrics of several. Throws an `Error` for an aggregator that there is not.
 * @internal
 */
export function aggregate(lists: readonly (readonly MetricAsJson[])[]): MetricAsJson[] {
  const byName = new Map<string, MetricAsJson[]>();
  for (const metric of lists.flat()) {
    const same = byName.get(metric.name);
    if (same === undefined) byName.set(metric.name, [metric]);
    else same.push(metric);
  }
  const merged = [...byName.values()].map((metrics) => {
    const name = metrics[0]?.aggregator ?? 'sum';
    const aggregator = BY_NAME.get(name);
    if (typeof aggregator !== 'function') {
      throw coded(new Error(`'${name}' is not a defined aggregator.`), 'MPMETRICS_BAD_ARGUMENT');
    }
    return aggregator(metrics);
  });
  return merged.filter((metric) => metric !== undefined);
}

/** The names that a metric's option `aggregator` can have. @internal */
export const AGGREGATORS: ReadonlySet<string> = new Set(BY_NAME.keys());
