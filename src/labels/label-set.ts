// The types that users write: prom-client's names, and what this package adds to them.

import type { Counter } from '../metrics/counter';
import type { Enum } from '../metrics/enum';
import type { Gauge } from '../metrics/gauge';
import type { Histogram } from '../metrics/histogram';
import type { Info } from '../metrics/info';
import type { Registry } from '../registry/registry';
import type { Summary } from '../metrics/summary';

/** The character set of every exposition. */
export type Charset = 'utf-8';
/** The media type of the Prometheus text format. */
export type PrometheusMIME = 'text/plain';
/** The version of the Prometheus text format. */
export type PrometheusMetricsVersion = '0.0.4';
/** The media type of OpenMetrics. */
export type OpenMetricsMIME = 'application/openmetrics-text';
/** The version of OpenMetrics. */
export type OpenMetricsVersion = '1.0.0';

/** What an answer in the Prometheus text format carries as its `Content-Type`. */
export type PrometheusContentType =
  `${PrometheusMIME}; version=${PrometheusMetricsVersion}; charset=${Charset}`;
/** What an answer in OpenMetrics carries as its `Content-Type`. */
export type OpenMetricsContentType =
  `${OpenMetricsMIME}; version=${OpenMetricsVersion}; charset=${Charset}`;
/** The content types that a registry can have. */
export type RegistryContentType = PrometheusContentType | OpenMetricsContentType;

/** The options of a registry. */
export interface RegistryOptions<Type extends RegistryContentType = RegistryContentType> {
  /** Registries of one name are one, across the processes and threads of the application. */
  name?: string;
  /** The format in which it is shown. Default: the Prometheus text format. */
  contentType?: Type;
}

/** Labels of one series: a value for some or all of the label names. */
export type LabelValues<T extends string> = Partial<Record<T, string | number>>;

/** Labels as they come: any names, any values. */
export type LabelSet = Readonly<Record<string, unknown>>;

/** Labels of which the names are not known here. */
export type Labels = LabelValues<string>;

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

/** Any of the metrics. */
export type Metric<T extends string = string> =
  Counter<T> | Gauge<T> | Histogram<T> | Summary<T> | Info<T> | Enum<T>;

/** Runs when metrics are collected; `this` is the metric. */
export type CollectFunction<T> = (this: T) => void | Promise<void>;

/** What collects metrics: prom-client's type. */
export type Collector = () => void;

/** A registry of either content type. */
export type AnyRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/** The options that all metrics have in common. */
export interface MetricConfiguration<T extends string> {
  /** The name: letters, digits, `_` and `:`, not beginning with a digit. */
  name: string;
  /** What is measured, in a sentence. */
  help: string;
  /** The names of the labels. Default: none. */
  labelNames?: T[] | readonly T[];
  /** The registries that show the metric. Default: the global one. */
  registers?: AnyRegistry[];
  /**
   * What is counted or measured, as the name says too: `seconds`, `bytes`. OpenMetrics tells it as `# UNIT` where the name
   * ends in it (`…_seconds`, `…_seconds_total`), as the format wants. Default: nothing is told.
   */
  unit?: string;
  /** How the values of several processes become one. Default: `sum`. */
  aggregator?: Aggregator;
  /** Runs at each scrape, in whatever process or thread that is made, to bring the metric up to date. */
  // oxlint-disable-next-line typescript/no-explicit-any -- prom-client's own type; each metric narrows it
  collect?: CollectFunction<any>;
  /**
   * After how many seconds a series whose value has not changed is removed from the whole application, with the next
   * scrape. It comes back, from zero, with its next update. For labels whose values come and go. Default: never.
   */
  expireAfterSeconds?: number;
  /** Whether `inc` and `observe` take exemplars. For registries with the content type of OpenMetrics only. */
  enableExemplars?: boolean;
}

/** The options of a counter. */
export interface CounterConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Counter<T>>;
}

/** The options of a gauge. */
export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Gauge<T>>;
}

/** The options of a histogram. */
export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  /** The upper bounds of the buckets, without `+Inf`. Default: .005 .01 .025 .05 .1 .25 .5 1 2.5 5 10. */
  buckets?: number[];
  collect?: CollectFunction<Histogram<T>>;
}

/** The options of a summary. */
export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  /** The quantiles to show, numbers from 0 to 1. Default: .01 .05 .5 .9 .95 .99 .999. */
  percentiles?: number[];
  /** The quantiles are of the values of the last so many seconds; with `ageBuckets`. Default: of all values. */
  maxAgeSeconds?: number;
  /** In so many steps old values are let go: 5 over 600 seconds are steps of 120 seconds. At most 50. */
  ageBuckets?: number;
  /** Whether series without a value in the last `maxAgeSeconds` are left out. */
  pruneAgedBuckets?: boolean;
  /** Taken from prom-client, and without a meaning here: there is nothing to compress. */
  compressCount?: number;
  collect?: CollectFunction<Summary<T>>;
}

/** The options of an info. */
export interface InfoConfiguration<T extends string> extends Omit<
  MetricConfiguration<T>,
  'aggregator' | 'enableExemplars' | 'unit'
> {
  collect?: CollectFunction<Info<T>>;
}

/** What an info tells: text by name. */
export type InfoValues = Readonly<Record<string, string | number | boolean>>;

/** The options of an enum. */
export interface EnumConfiguration<T extends string, S extends string> extends Omit<
  MetricConfiguration<T>,
  'aggregator' | 'enableExemplars' | 'unit'
> {
  /** The states that there are, different strings. The first is the one to begin with. */
  states: readonly S[];
  collect?: CollectFunction<Enum<T, S>>;
}

/** What `inc` takes when exemplars are enabled. */
export interface IncreaseDataWithExemplar<T extends string> {
  /** How much. Default: 1. */
  value?: number;
  /** The labels of the series. */
  labels?: LabelValues<T>;
  /** The labels of the exemplar, such as a trace id: together at most 128 characters. */
  exemplarLabels?: LabelValues<T>;
}

/** What `observe` takes when exemplars are enabled. */
export interface ObserveDataWithExemplar<T extends string> {
  /** What was observed. */
  value: number;
  /** The labels of the series. */
  labels?: LabelValues<T>;
  /** The labels of the exemplar, such as a trace id: together at most 128 characters. */
  exemplarLabels?: LabelValues<T>;
}

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
