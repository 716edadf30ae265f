// Histograms: observations, counted in buckets and summed.

import { DEFAULT_BUCKETS, normalizedBuckets } from './buckets';
import {
  DirectHistogramCell,
  HistogramCellGroup,
  LocalHistogramCell,
  NativeHistogramCell,
} from '../cell/histogram-cell';
import type { HistogramCell, Observed } from '../cell/kinds';
import { stopwatch } from '../heap/clock';
import { notANumber } from '../errors';
import { asRead, exemplarOf, hasLabels } from '../labels/exemplar';
import { timeInstrument, type CallLabels, type TimeInstrument } from '../instrument/instrument';
import type { MetricDescriptor } from './descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import { BoundChild } from './bound-child';
import { copied, validLabelsFrom } from '../labels/labels';
import { BaseMetric } from './metric';
import * as fields from './fields';
import { existing } from './options';
import { bucketsByPolicy } from './policy';
import type { LabelSet, LabelValues } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValueWithName,
  CollectFunction,
} from '../present/metric-object';
import { histogramValues } from '../present/samples';
import type { MetricConfiguration } from './options';

const CHILDREN: typeof fields.CHILDREN = fields.CHILDREN;
const UNLABELLED: typeof fields.UNLABELLED = fields.UNLABELLED;

/** The options of a histogram. */
export interface HistogramConfiguration<T extends string> extends MetricConfiguration<T> {
  /** The upper bounds of the buckets, without `+Inf`. Default: .005 .01 .025 .05 .1 .25 .5 1 2.5 5 10. */
  buckets?: number[];
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

  /**
   * Declares a histogram; one without labels shows at once.
   *
   * @param configuration `name` and `help` are required. Throws prom-client's errors for what is wrong in it, and a
   *   `TypeError` for a bucket that is not a number.
   */
  constructor(configuration: HistogramConfiguration<T>) {
    const buckets = bucketsOf(configuration);
    const upperBounds = normalizedBuckets(buckets);
    super(configuration, descriptorOf(upperBounds, configuration?.enableExemplars));
    this.buckets = buckets as number[];
    this.upperBounds = Object.freeze(upperBounds);
    if (this.enableExemplars) this.observe = this.observeWithExemplar as typeof this.observe;
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
    const found = existing(Histogram, configuration, [buckets]);
    return (found as Histogram<T> | undefined) ?? new this(configuration);
  }

  /**
   * Records `value` in the series with those labels.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param value The observed value, in the histogram's unit. Throws a `TypeError` if it is not a finite number.
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
      observed = labels || labels === 0 ? labels : value;
    }
    if (!Number.isFinite(observed)) throw notANumber(observed);
    if (cell === null) cell = this[SERIES].make((typeof labels === 'object' && labels) || {});
    cell.observe(observed as number);
  }

  /** prom-client's own name. @internal */
  observeWithExemplar(data: Partial<ObserveDataWithExemplar<T>> = {}): void {
    const series = this[SERIES];
    const { labels, value, exemplarLabels } = data;
    const known = labels ? series.children.find(labels) : series.unlabelled;
    // Before the labels of the exemplar are read: they may run code that looks up other series.
    const own = known === null ? series.children.ownOf(labels ?? {}) : null;
    if (!Number.isFinite(value)) throw notANumber(value);
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
    /** Records a value. */
    observe(value: number): void;
    /** As `startTimer` of the histogram. */
    startTimer(): (labels?: LabelValues<T>) => number;
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
  // Arrow functions, so that they can be passed on without their object.
  observe = (value: number): void => {
    if (!Number.isFinite(value)) throw notANumber(value);
    this.cell.observe(value);
  };
  startTimer = (): ((labels?: LabelValues<T>) => number) => this.metric.startTimer(this.given);

  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument(
      (seconds, found) => record(this.metric, { ...this.given, ...found }, seconds),
      labels,
    );
  }
}

/** The bounds from the settings, from the options, or by default. */
function bucketsOf(
  configuration: { name?: unknown; buckets?: readonly number[] } | null | undefined,
): readonly number[] {
  const buckets = bucketsByPolicy(configuration?.name) ?? configuration?.buckets;
  // A copy: the caller may change its array. What is no array is refused elsewhere.
  return Array.isArray(buckets) ? ([...buckets] as number[]) : (buckets ?? DEFAULT_BUCKETS);
}

/** Observes a value, whether or not exemplars are enabled. */
function record<T extends string>(
  histogram: Histogram<T>,
  labels: object | undefined,
  value: number,
): void {
  const observe = Histogram.prototype.observe as (first: object | number, value?: number) => void;
  if (labels === undefined) observe.call(histogram, value);
  else observe.call(histogram, labels, value);
}

function descriptorOf(
  upperBounds: readonly number[],
  enableExemplars: boolean | undefined,
): MetricDescriptor<HistogramCell> {
  const bounds = Float64Array.from(upperBounds);
  const local = (labels: LabelSet): LocalHistogramCell => new LocalHistogramCell(labels, bounds);
  return {
    type: 'histogram',
    cells: {
      direct: (family, series) => new DirectHistogramCell(family, series, local),
      native: (family, series) => new NativeHistogramCell(family, series, local),
      local,
      group: (labels, members) => new HistogramCellGroup(labels, members),
    },
    // prom-client's own sign that the last bucket has no exemplar.
    values: ({ name }, samples) =>
      histogramValues(name, upperBounds, samples, enableExemplars ? undefined : null),
    measured: (cell) => ({
      value: 0,
      sum: 0,
      counts: [],
      ...cell.read(),
      exemplars: asRead(cell.exemplars),
    }),
    hasExemplars: true,
    reserved: 'le',
    bounds: upperBounds,
  };
}

/** The negated contribution. */
function opposite(contribution: Observed | null): Observed {
  const { sum, counts } = contribution ?? { sum: 0, counts: [] };
  return { sum: -sum, counts: counts.map((count) => -count) };
}
