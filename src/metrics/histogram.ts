// Histograms: observations, counted in buckets and summed.

import { DEFAULT_BUCKETS, normalizedBuckets } from './buckets';
import type { HistogramCell, Observed } from '../cell/kinds';
import { stopwatch } from '../heap/clock';
import { notANumber } from '../errors';
import { exemplarOf, hasLabels } from '../labels/exemplar';
import { timeInstrument, type CallLabels, type TimeInstrument } from '../instrument/instrument';
import { histogramDescriptor } from './histogram-descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import { BoundChild } from './bound-child';
import { copied, validLabelsFrom } from '../labels/labels';
import { BaseMetric } from './metric';
import { nativeOptions, type NativeHistogramOptions, type NativeOptions } from './native';
import * as fields from './fields';
import { existing } from './options';
import { bucketsByPolicy, isNativeByPolicy } from './policy';
import type { LabelSet, LabelValues } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValueWithName,
  CollectFunction,
} from '../present/metric-object';
import type { ExemplarOptions, MetricConfiguration } from './options';

const CHILDREN: typeof fields.CHILDREN = fields.CHILDREN;
const UNLABELLED: typeof fields.UNLABELLED = fields.UNLABELLED;

/** The options of a histogram. */
export interface HistogramConfiguration<T extends string>
  extends MetricConfiguration<T>, ExemplarOptions {
  /** The upper bounds of the buckets, without `+Inf`. Default: .005 .01 .025 .05 .1 .25 .5 1 2.5 5 10. */
  buckets?: number[];
  /**
   * Whether there are sparse buckets besides, or their options: Prometheus reads them by protobuf, and finds any quantile
   * within the factor. With `buckets: []`, texts show count and sum only. Such a histogram also observes NaN and
   * infinities. Default: false.
   */
  native?: boolean | NativeOptions;
  collect?: CollectFunction<Histogram<T>>;
}

/** The argument of `observe` when exemplars are enabled. */
export interface ObserveDataWithExemplar<T extends string> {
  /** The observed value. */
  value: number;
  /** The labels of the series. */
  labels?: LabelValues<T>;
  /** The labels of the exemplar, such as a trace id: together at most 128 characters. */
  exemplarLabels?: LabelValues<T>;
}

/**
 * Observations counted in buckets: durations of requests, sizes of answers. Across processes the counts and sums are
 * added up, including those of dead processes.
 *
 * ```ts
 * const latency = new Histogram({
 *   name: 'http_request_seconds',
 *   help: 'How long requests took',
 *   labelNames: ['route'],
 *   buckets: [0.01, 0.1, 1],
 * });
 * latency.observe({ route: '/users' }, 0.034);
 * const end = latency.startTimer();
 * end({ route: '/users' });
 * ```
 */
export class Histogram<T extends string = string> extends BaseMetric<T, HistogramCell> {
  /** The upper bounds of the buckets as they were given. */
  readonly buckets: readonly number[];
  /** The upper bounds of the buckets, ascending, without `+Inf`. */
  readonly upperBounds: readonly number[];
  /** The options of the sparse buckets; null where there are none. */
  readonly native: NativeHistogramOptions | null;
  /** The buckets of a series without values, as in prom-client. @internal */
  readonly bucketValues: Readonly<Record<string, number>>;
  /** The same for exemplars, if they are enabled. @internal */
  declare readonly bucketExemplars?: Readonly<Record<string, null>>;

  /**
   * Declares a histogram; one without labels shows at once.
   *
   * @param configuration `name` and `help` are required. Throws prom-client's errors for invalid options, and a
   *   `TypeError` for a bucket that is not a number, or for an invalid option of `native`.
   */
  constructor(configuration: HistogramConfiguration<T>) {
    const buckets = bucketsOf(configuration);
    const upperBounds = normalizedBuckets(buckets);
    const native = nativeOf(configuration);
    super(configuration, histogramDescriptor(upperBounds, configuration ?? {}, native));
    this.native = native;
    this.buckets = buckets as number[];
    this.upperBounds = Object.freeze(upperBounds);
    this.bucketValues = byBound(upperBounds, 0);
    if (this.enableExemplars) {
      this.bucketExemplars = byBound(upperBounds, null);
      this.observe = this.observeWithExemplar as typeof this.observe;
    }
  }

  /**
   * The histogram of that name in its registry (the first of `registers`), made if there is none. Throws an
   * `MpmetricsError` if there is one that was declared differently.
   */
  static getOrCreate<T extends string = string>(
    configuration: HistogramConfiguration<T>,
  ): Histogram<T> {
    const value = normalizedBuckets(bucketsOf(configuration));
    const buckets = { property: 'upperBounds', value, words: 'buckets' };
    const native = {
      property: 'native',
      value: nativeOf(configuration),
      words: 'native options',
    };
    const found = existing(Histogram, configuration, [buckets, native]);
    return (found as Histogram<T> | undefined) ?? new this(configuration);
  }

  /**
   * Records `value` in the series with those labels.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param value The observed value, in the histogram's unit. Throws a `TypeError` if it is not a finite number. A native
   *   histogram accepts any number.
   */
  observe(labels: LabelValues<T>, value: number): void;
  /** Records `value` in the series without labels. */
  observe(value: number): void;
  /** Records a value and stores an exemplar, for histograms with `enableExemplars`. */
  observe(observeData: ObserveDataWithExemplar<T>): void;
  observe(labels: object | number, value?: number): void {
    let cell: HistogramCell | null;
    let observed: number | undefined;
    if (typeof labels === 'object' && labels !== null) {
      cell = this[CHILDREN].find(labels);
      observed = value;
    } else {
      cell = this[UNLABELLED];
      // prom-client takes any other first argument for no labels.
      const isValue = labels || labels === 0 || (this.native !== null && Number.isNaN(labels));
      observed = isValue ? (labels as number) : value;
    }
    if (!Number.isFinite(observed)) requireObservable(this, observed);
    if (cell === null) cell = this[SERIES].make((typeof labels === 'object' && labels) || {});
    cell.observe(observed as number);
  }

  /** prom-client's own name. @internal */
  observeWithoutExemplar(labels: object | number, value?: number): void {
    const { observe } = Histogram.prototype;
    (observe as (labels: unknown, value: unknown) => void).call(this, labels, value);
  }

  /** prom-client's own name. @internal */
  observeWithExemplar(data: Partial<ObserveDataWithExemplar<T>> = {}): void {
    const series = this[SERIES];
    const { labels, value, exemplarLabels } = data;
    const known = labels ? series.children.find(labels) : series.unlabelled;
    // Before the labels of the exemplar are read: they may run code that looks up other series.
    const own = known === null ? series.children.ownOf(labels ?? {}) : null;
    if (!Number.isFinite(value)) requireObservable(this, value);
    const exemplar = exemplarLabels && exemplarOf(exemplarLabels, value as number);
    const cell = known ?? series.make(own ?? {});
    cell.observe(value as number);
    // An exemplar without labels is omitted, as in prom-client.
    if (exemplar && hasLabels(exemplar)) cell.exemplify(exemplar);
  }

  /**
   * Starts a timer. The function it returns observes the seconds since then, and returns them.
   *
   * @param labels Read when the timer ends. The labels of the final call are added.
   * @param exemplarLabels Labels of an exemplar, treated likewise, for histograms with `enableExemplars`.
   */
  startTimer(
    labels?: LabelValues<T>,
    exemplarLabels?: LabelValues<T>,
  ): (labels?: LabelValues<T>, exemplarLabels?: LabelValues<T>) => number {
    const elapsed = stopwatch();
    return (endLabels, endExemplarLabels) => {
      const value = elapsed();
      const all = { ...labels, ...endLabels } as LabelValues<T>;
      if (this.enableExemplars) {
        const exemplar = { ...exemplarLabels, ...endExemplarLabels } as LabelValues<T>;
        this.observe({ labels: all, value, exemplarLabels: exemplar });
      } else {
        this.observe(all, value);
      }
      return value;
    };
  }

  /**
   * Records how long calls take, in seconds: a decorator, a wrapper, a timer and a resource. Calls that fail are
   * recorded too.
   *
   * @param labels Labels for each call, or a function that returns them after a call.
   */
  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument((seconds, found) => record(this, found, seconds), labels);
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Histogram.Internal<T>;
  /** The child for those labels. Throws for a label that was not declared. */
  labels(labels: LabelValues<T>): Histogram.Internal<T>;
  labels(...given: unknown[]): Histogram.Internal<T> {
    const known = this[CHILDREN].handleOf(given) as Histogram.Internal<T> | undefined;
    return (
      known ??
      this[CHILDREN].keepHandle(
        given,
        new LabelledHistogram(this, validLabelsFrom(this.labelNames, given)),
      )
    );
  }

  /**
   * Makes the series with those labels, without observations. If this isolate knows the series already, it starts from
   * zero.
   */
  zero(labels: LabelValues<T>): void {
    const series = this[SERIES];
    const given = copied(labels);
    const known = series.children.find(given);
    if (known === null) {
      series.make(given).show();
      return;
    }
    const own = series.children.given(given) ?? given;
    for (const family of series.families) family.restart(own);
    for (const part of known.parts()) part.forget();
    if (series.families.length === 0) known.merge(opposite(known.read()));
    known.show();
  }

  /** The histogram with its values in the whole application. */
  async get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>> {
    return (await readMetric(this[SERIES])) as MetricObjectWithValues<MetricValueWithName<T>>;
  }

  /** As `get()`. The labels that all samples of a series share are apart, as in prom-client. @internal */
  async getForPromString(): Promise<MetricObjectWithValues<MetricValueWithName<T>>> {
    const read = await this.get();
    const values = read.values.map(({ labels, ...sample }) => {
      const { le, ...sharedLabels } = labels as LabelSet;
      return { labels: le === undefined ? {} : { le }, sharedLabels, ...sample };
    });
    return { ...read, values: values as typeof read.values };
  }

  /** Removes all observations in the whole application, and the series with them. */
  reset(): void {
    const series = this[SERIES];
    const { unlabelled } = series;
    series.forgetAll();
    for (const family of series.families) {
      family.reset();
      if (unlabelled !== null) family.remove(unlabelled.labels);
    }
  }

  /** Removes the series with those label values from the whole application. */
  remove(...values: (string | number)[]): void;
  /** Removes the series with those labels from the whole application. */
  remove(labels: LabelValues<T>): void;
  remove(...given: unknown[]): void {
    this[SERIES].discard(given);
  }
}

export namespace Histogram {
  /** A histogram with its labels given. */
  export interface Internal<T extends string = string> {
    /** Records a value; with `enableExemplars` also what `observe` of the histogram takes then, without labels. */
    observe(value: number | Omit<ObserveDataWithExemplar<T>, 'labels'>): void;
    /** As `startTimer` of the histogram. */
    startTimer(): (labels?: LabelValues<T>, exemplarLabels?: LabelValues<T>) => number;
    /** As `time` of the histogram. A labels function adds to the labels of this child. */
    time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>>;
  }

  /** The options that only histograms have. */
  export interface Config {
    /** The upper bounds of the buckets, without `+Inf`. */
    buckets?: number[];
  }
}

/** The result of `labels(…)`. */
class LabelledHistogram<T extends string>
  extends BoundChild<T, Histogram<T>, HistogramCell>
  implements Histogram.Internal<T>
{
  // Arrow functions, so that they can be passed on without their object. As in prom-client, they do not call a method of the
  // metric that was replaced.
  observe = (value: number | Omit<ObserveDataWithExemplar<T>, 'labels'>): void => {
    if (Number.isFinite(value)) this.cell.observe(value as number);
    else this.#observeOther(value);
  };
  startTimer = (): ReturnType<Histogram<T>['startTimer']> => this.metric.startTimer(this.given);

  /** Observes with an exemplar, or a number that is not finite. Refuses anything else. */
  #observeOther(data: number | Omit<ObserveDataWithExemplar<T>, 'labels'>): void {
    const { metric, given } = this;
    if (metric.enableExemplars && typeof data === 'object' && data !== null) {
      metric.observe({ ...data, labels: given });
      return;
    }
    requireObservable(metric, data);
    this.cell.observe(data as number);
  }

  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument(
      (seconds, found) => record(this.metric, { ...this.given, ...found }, seconds),
      labels,
    );
  }
}

/** Throws for a value that is not a finite number. A native histogram accepts every number. */
function requireObservable<T extends string>({ native }: Histogram<T>, value: unknown): void {
  if (native === null || typeof value !== 'number') throw notANumber(value);
}

/** The bounds from the settings, from the options, or by default. */
function bucketsOf(
  configuration: { name?: unknown; buckets?: readonly number[] } | null | undefined,
): readonly number[] {
  const buckets = bucketsByPolicy(configuration?.name) ?? configuration?.buckets;
  // A copy, because the caller may change its array. Other types are refused elsewhere.
  return Array.isArray(buckets) ? ([...buckets] as number[]) : (buckets ?? DEFAULT_BUCKETS);
}

/** The options of the sparse buckets: from the options, or the default ones if the settings ask for sparse buckets. */
function nativeOf(
  configuration: { name?: unknown; native?: boolean | NativeOptions } | null | undefined,
): NativeHistogramOptions | null {
  return (
    nativeOptions(configuration?.native) ?? nativeOptions(isNativeByPolicy(configuration?.name))
  );
}

/** Observes a value, whether or not exemplars are enabled. */
function record<T extends string>(
  histogram: Histogram<T>,
  labels: LabelValues<T> | undefined,
  value: number,
): void {
  if (histogram.enableExemplars) histogram.observe({ labels, value });
  else if (labels === undefined) histogram.observe(value);
  else histogram.observe(labels, value);
}

/** A value for each bucket with a bound. */
function byBound<Value>(bounds: readonly number[], value: Value): Readonly<Record<string, Value>> {
  return Object.freeze(Object.fromEntries(bounds.map((bound) => [bound, value])));
}

/** The negated contribution. */
function opposite(contribution: Observed | null): Observed {
  const { sum, counts, sparse } = contribution ?? { sum: 0, counts: [] };
  const negative = {
    sum: -sum,
    counts: counts.map((count) => -count),
  };
  if (sparse === undefined) return negative;
  const buckets = sparse.buckets.map(([key, count]) => [key, -count] as const);
  return {
    ...negative,
    sparse: { ...sparse, zero: -sparse.zero, nan: -sparse.nan, buckets },
  };
}
