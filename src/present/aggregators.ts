// Aggregation of metrics of several sources, for programs that send them as JSON from process to process themselves.

import { coded } from '../errors';
import { onceEach } from './source-heap';
import type { Aggregator, MetricObject } from './metric-object';

/** A metric as in the result of `getMetricsAsJSON()`. */
export type MetricAsJson = Pick<MetricObject, 'help' | 'name' | 'type' | 'aggregator'> & {
  /** The samples. */
  values: {
    /** The number. */
    value: number;
    /** The labels. */
    labels: Record<string, unknown>;
    /** The name of the sample, if it is not that of the metric: `…_sum`, `…_count`, `…_bucket`. */
    metricName?: string;
  }[];
  /** The heap of the values. Values of one heap are counted once. */
  sourceHeap?: string;
};

/** Combines several metrics into one. Undefined if there are none, or if the metric is omitted. */
export type AggregatorFunction = (metrics: MetricAsJson[]) => MetricAsJson | undefined;

/**
 * Makes an aggregator from a function that combines the values of equal labels.
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

/** The key of a value. Its parts are quoted, so that different labels have different keys. */
function keyOf({ metricName, labels }: MetricAsJson['values'][number]): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== undefined);
  const sorted = pairs.map(([name, value]) => [name, `${value as string}`]);
  sorted.sort();
  return JSON.stringify([metricName, sorted]);
}

/**
 * The aggregators of prom-client, by name.
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
  /** Undefined: the metric is omitted. */
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

/** The aggregators whose values are the same in every process. */
const BY_NAME = new Map<string, AggregatorFunction>(
  Object.entries({ ...aggregators, shared: aggregators.first, all: aggregators.first }),
);

/** Combines several lists of metrics into one. Throws an `Error` for an unknown aggregator. @internal */
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

/** The valid names for a metric's option `aggregator`. @internal */
export const AGGREGATORS: ReadonlySet<string> = new Set(BY_NAME.keys());
