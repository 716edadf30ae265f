// A metric as data, in prom-client's types: what a registry gives as JSON.

import type { LabelValues } from '../labels/label-set';

/**
 * How the values that several processes and threads hold for one series become one:
 *
 * - `sum`: added up (the default)
 * - `min`, `max`, `average`: the least, the greatest, the mean
 * - `first`: that of the writer with the lowest slot; who is new takes the lowest that is free, so that is not always the oldest
 * - `omit`: left out of what is scraped
 * - `shared`: one value that all set and add to, and that outlives who set it (gauges)
 * - `all`: one series for each process, the values of its threads added up, told apart by the label `pid` (gauges)
 */
export type Aggregator = 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average' | 'shared' | 'all';

/** The kinds of metrics, as the exposition formats name them. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** Runs when metrics are collected; `this` is the metric. */
export type CollectFunction<T> = (this: T) => void | Promise<void>;

/** A metric as data, without its values. */
export interface MetricObject {
  /** The name. */
  name: string;
  /** What is measured. */
  help: string;
  /** The kind of metric. Infos and enums are gauges here, as in the Prometheus text format. */
  type: MetricType;
  /** How the values of several processes become one; of infos and enums, which have one value for all, `first`. */
  aggregator: Aggregator;
  /** Brings the metric up to date, if it has such a function. Data that was read has none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- prom-client's own type
  collect: CollectFunction<any>;
}

/** One value of a metric. */
export interface MetricValue<T extends string> {
  /** The value, in the metric's unit. */
  value: number;
  /** The labels of the series: default labels too, where a registry was asked, and `le` or `quantile` where there are any. */
  labels: LabelValues<T>;
}

/** One value of a metric that has several for one series: `…_bucket`, `…_sum`, `…_count`. */
export interface MetricValueWithName<T extends string> extends MetricValue<T> {
  /** The name with what the sample adds to it; absent for the quantiles of a summary. */
  metricName?: string;
}

/** A metric as data, with its values. */
export interface MetricObjectWithValues<T extends MetricValue<string>> extends MetricObject {
  /** One value for each series; several for each of a histogram, a summary or an enum. */
  values: T[];
  /**
   * Where the values were read, once several processes or threads have shared them: `aggregate` takes what each of these tells
   * of them for one.
   */
  origin?: string;
}
