// A metric as data, in prom-client's types, as in a registry's JSON.

import type { LabelValues } from '../labels/label-set';

/**
 * The way in which the values of several processes and threads for one series become one:
 *
 * - `sum`: added up (the default)
 * - `min`, `max`, `average`: the least, the greatest, the mean
 * - `first`: the value of the writer with the lowest slot. A new writer takes the lowest free slot, so this is not
 *   always the oldest writer.
 * - `omit`: omitted from scrapes
 * - `shared`: one value for all writers, which outlives them (gauges)
 * - `all`: one series for each process, distinguished by the label `pid`; the values of its threads are added up
 *   (gauges)
 */
export type Aggregator = 'omit' | 'sum' | 'first' | 'min' | 'max' | 'average' | 'shared' | 'all';

/** The types of metrics, by their names in the exposition formats. */
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

/** Runs at each scrape; `this` is the metric. */
export type CollectFunction<T> = (this: T) => void | Promise<void>;

/** A metric as data, without its values. */
export interface MetricObject {
  /** The name. */
  name: string;
  /** The help text. */
  help: string;
  /** The type. Infos and enums are gauges here, as in the Prometheus text format. */
  type: MetricType;
  /**
   * How the values of several processes become one. Infos and enums have one value for all, and the aggregator `first`.
   */
  aggregator: Aggregator;
  /** Refreshes the metric at a scrape. Data that was read has no such function. */
  // oxlint-disable-next-line typescript/no-explicit-any -- prom-client's own type
  collect: CollectFunction<any>;
}

/** One value of a metric. */
export interface MetricValue<T extends string> {
  /** The value, in the metric's unit. */
  value: number;
  /** The labels of the series, including `le` or `quantile`. Data of a registry includes default labels. */
  labels: LabelValues<T>;
}

/** A value of a metric with several values for one series: `…_bucket`, `…_sum`, `…_count`. */
export interface MetricValueWithName<T extends string> extends MetricValue<T> {
  /** The name of the sample; absent for the quantiles of a summary. */
  metricName?: string;
}

/** A metric as data, with its values. */
export interface MetricObjectWithValues<T extends MetricValue<string>> extends MetricObject {
  /** One value for each series; several for a series of a histogram, a summary or an enum. */
  values: T[];
  /**
   * The heap of the values, if several processes or threads write there. `aggregate` counts the values of one heap once.
   */
  sourceHeap?: string;
}
