// Typed families with their series, for exporters, pages and tools.

/** The labels of a series: names and texts, with the default labels of its registry. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** An example of the values that were counted, such as the trace of one request. */
export interface FamilyExemplar {
  /** Its own labels, such as `trace_id`. */
  readonly labels: SeriesLabels;
  /** The value that was counted or observed. */
  readonly value: number;
  /** The time of the observation, in seconds since the Unix epoch. */
  readonly timestamp: number;
}

/** The part that all series have. */
export interface FamilySeries {
  /** The labels. */
  readonly labels: SeriesLabels;
}

/** A series that grows from a start. */
export interface AccumulatingSeries extends FamilySeries {
  /**
   * The time at which the series began at zero, in seconds since the Unix epoch: its first appearance in any process, or its
   * last reset. Null if it is not known, as for a metric that another library has made.
   */
  readonly startTime: number | null;
}

/** A series of a counter. */
export interface CounterSeries extends AccumulatingSeries {
  /** The number. */
  readonly value: number;
  /** The newest exemplar, if there is one. */
  readonly exemplar: FamilyExemplar | null;
}

/** A series of a gauge, or of a metric of unknown type. */
export interface GaugeSeries extends FamilySeries {
  /** The number. */
  readonly value: number;
}

/** A classic bucket. */
export interface FamilyBucket {
  /** The upper bound, which belongs to the bucket; `Infinity` for the last bucket. */
  readonly upperBound: number;
  /** The number of observations up to the bound, including those of all lower buckets. */
  readonly cumulativeCount: number;
  /** The newest exemplar, if there is one. */
  readonly exemplar: FamilyExemplar | null;
}

/** A sparse bucket of a native histogram. */
export interface SparseBucket {
  /** Bucket `i` covers `(base ** (i - 1), base ** i]`, where `base = 2 ** 2 ** -schema`. */
  readonly index: number;
  /** The number of observations in this bucket alone. */
  readonly count: number;
}

/** The sparse buckets of a series, which Prometheus calls a native histogram. */
export interface NativeBuckets {
  /** The resolution: -4 (coarse) to 8 (fine). */
  readonly schema: number;
  /** The zero bucket has the observations of at most this absolute value. */
  readonly zeroThreshold: number;
  /** The number of observations in the zero bucket. */
  readonly zeroCount: number;
  /** The positive buckets that are not empty, in ascending order. */
  readonly positive: readonly SparseBucket[];
  /** The negative buckets that are not empty, in ascending order of their absolute values. */
  readonly negative: readonly SparseBucket[];
  /** The exemplars of the sparse buckets. */
  readonly exemplars: readonly FamilyExemplar[];
}

/** A series of a histogram. */
export interface HistogramSeries extends AccumulatingSeries {
  /** The number of observations. */
  readonly count: number;
  /** The sum of the observations. */
  readonly sum: number;
  /** The classic buckets in ascending order, `Infinity` last. */
  readonly buckets: readonly FamilyBucket[];
  /** The sparse buckets, if the histogram is a native one. */
  readonly native: NativeBuckets | null;
}

/** A quantile of a summary. */
export interface FamilyQuantile {
  /** The rank, from 0 to 1. */
  readonly quantile: number;
  /** The value at that rank; `NaN` without recent observations. */
  readonly value: number;
}

/** A series of a summary. */
export interface SummarySeries extends AccumulatingSeries {
  /** The number of observations. */
  readonly count: number;
  /** The sum of the observations. */
  readonly sum: number;
  /** The quantiles in the order of their declaration. */
  readonly quantiles: readonly FamilyQuantile[];
}

/** A series of an enum. */
export interface EnumSeries extends FamilySeries {
  /** The present state. */
  readonly state: string;
}

/** The part that all families have. */
export interface FamilyHead {
  /** The name as it was declared. */
  readonly name: string;
  /** The help text. */
  readonly help: string;
  /** The unit, or an empty string. */
  readonly unit: string;
}

/** A counter. */
export interface CounterFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'counter';
  /** The series, the oldest first. */
  readonly series: readonly CounterSeries[];
}

/** A gauge. */
export interface GaugeFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'gauge';
  /** The series, the oldest first. */
  readonly series: readonly GaugeSeries[];
}

/** A histogram. */
export interface HistogramFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'histogram';
  /** The series, the oldest first. */
  readonly series: readonly HistogramSeries[];
}

/** A summary. */
export interface SummaryFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'summary';
  /** The series, the oldest first. */
  readonly series: readonly SummarySeries[];
}

/** An info: its labels are its value. */
export interface InfoFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'info';
  /** The series, the oldest first. */
  readonly series: readonly FamilySeries[];
}

/** An enum: each series is in one of several states. */
export interface EnumFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'enum';
  /** All states. */
  readonly states: readonly string[];
  /** The series, the oldest first. */
  readonly series: readonly EnumSeries[];
}

/** A metric of another library, of a type that is none of these. */
export interface UnknownFamily extends FamilyHead {
  /** The kind of metric. */
  readonly type: 'unknown';
  /** The series. */
  readonly series: readonly GaugeSeries[];
}

/** A metric with the values of the whole application. Its `type` says which fields its series have. */
export type MetricFamily =
  | CounterFamily
  | GaugeFamily
  | HistogramFamily
  | SummaryFamily
  | InfoFamily
  | EnumFamily
  | UnknownFamily;
