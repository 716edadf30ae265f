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
import type { Kind } from './descriptor';
import { LabelledChild } from './bound-child';
import { validLabelsFrom } from '../labels/labels';
import { BaseMetric } from './metric';
import { existing } from './options';
import { bucketsByPolicy } from './policy';
import type {
  HistogramConfiguration,
  LabelSet,
  LabelValues,
  MetricObjectWithValues,
  MetricValueWithName,
  ObserveDataWithExemplar,
} from '../labels/label-set';
import { histogramValues, type Measured, type Sample, type Value } from '../present/samples';

/**
 * Observations counted in buckets: durations of requests, sizes of answers. Across processes the counts and sums are
 * added up, dead processes included.
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
export class Histogram<T extends string = string> extends BaseMetric<T, Observed, HistogramCell> {
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
    super(configuration, kindWith(upperBounds));
    this.buckets = buckets;
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
   * @param value What was observed, in the histogram's unit. Throws a `TypeError` if it is not a finite number.
   */
  observe(labels: LabelValues<T>, value: number): void;
  /** Records `value` in the series without labels. */
  observe(value: number): void;
  /** Records a value and leaves an exemplar, for histograms with `enableExemplars`. */
  observe(observeData: ObserveDataWithExemplar<T>): void;
  observe(labels: object | number, value?: number): void {
    let cell: HistogramCell | null;
    let observed: number | undefined;
    if (typeof labels === 'object' && labels !== null) {
      cell = this.children.find(labels);
      observed = value;
    } else {
      cell = this.bare;
      // prom-client takes what is neither labels nor a value for no labels at all.
      observed = labels || labels === 0 ? labels : value;
    }
    if (!Number.isFinite(observed)) throw notANumber(observed);
    if (cell === null) cell = this.make((typeof labels === 'object' && labels) || {});
    cell.observe(observed as number);
  }

  /** @internal */
  observeWithExemplar(data: Partial<ObserveDataWithExemplar<T>> = {}): void {
    const { labels, value, exemplarLabels } = data;
    const known = labels ? this.children.find(labels) : this.bare;
    if (!Number.isFinite(value)) throw notANumber(value);
    const exemplar = exemplarLabels && exemplarOf(exemplarLabels, value as number);
    const cell = known ?? this.make(labels ?? {});
    cell.observe(value as number);
    // One without labels is none here, as in prom-client.
    if (exemplar && hasLabels(exemplar)) cell.exemplify(exemplar);
  }

  /**
   * Starts a timer. The function it returns observes the seconds since then, and returns them.
   *
   * @param labels Read when the timer ends; the labels given then are added.
   * @param exemplarLabels The same for the labels of an exemplar, for histograms with `enableExemplars`.
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
   * @param labels Labels for each call, or a function that says them once a call has ended.
   */
  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument((seconds, found) => this.record(found, seconds), labels);
  }

  /** Observes whether or not exemplars are enabled. @internal */
  record(labels: object | undefined, value: number): void {
    const observe = Histogram.prototype.observe as (first: object | number, value?: number) => void;
    if (labels === undefined) observe.call(this, value);
    else observe.call(this, labels, value);
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Histogram.Internal<T>;
  /** The child for those labels. Throws for a label that was not declared. */
  labels(labels: LabelValues<T>): Histogram.Internal<T>;
  labels(...given: unknown[]): Histogram.Internal<T> {
    const known = this.known(given) as Histogram.Internal<T> | undefined;
    return (
      known ??
      this.hold(given, new LabelledHistogram(this, validLabelsFrom(this.labelNames, given)))
    );
  }

  /**
   * Makes the series with those labels appear, with nothing observed yet. One that this isolate has observed in starts
   * again from zero.
   */
  zero(labels: LabelValues<T>): void {
    const known = this.children.find(labels);
    if (known === null) {
      this.make(labels).show();
      return;
    }
    const own = this.children.given(labels) ?? labels;
    for (const family of this.families) family.restart(own);
    if (this.families.length === 0) known.take(opposite(known.read()));
    known.show();
    // With the labels as they are given here, as prom-client has it; `observe` leaves them as they are.
    this.children.show(labels);
  }

  /** The histogram with its values in the whole application. */
  async get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>> {
    return (await this.read()) as MetricObjectWithValues<MetricValueWithName<T>>;
  }

  /** Starts again without any series, in the whole application. */
  reset(): void {
    const { bare } = this;
    this.forgetAll();
    for (const family of this.families) {
      family.reset();
      if (bare !== null) family.remove(bare.labels);
    }
  }

  /** Removes the series with those label values from the whole application. */
  remove(...values: (string | number)[]): void;
  /** Removes the series with those labels from the whole application. */
  remove(labels: LabelValues<T>): void;
  remove(...given: unknown[]): void {
    this.discard(given);
  }

  /** @internal */
  override values(samples: readonly Sample[]): Value[] {
    // prom-client's own way to say that the last bucket has no exemplar.
    const none = this.enableExemplars ? undefined : null;
    return histogramValues(this.name, this.upperBounds, samples, none);
  }

  /** @internal */
  override shareOf(child: HistogramCell): Measured {
    const exemplars = asRead(child.exemplars);
    return { value: 0, sum: 0, counts: [], ...child.read(), exemplars };
  }
}

export namespace Histogram {
  /** A histogram with its labels given. */
  export interface Internal<T extends string = string> {
    /** Records a value. */
    observe(value: number): void;
    /** As `startTimer` of the histogram. */
    startTimer(): (labels?: LabelValues<T>) => number;
    /** As `time` of the histogram; what `labels` says is added to the labels of this child. */
    time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>>;
  }

  /** The options that only histograms have. */
  export interface Config {
    /** The upper bounds of the buckets, without `+Inf`. */
    buckets?: number[];
  }
}

/** What `labels(…)` gives. */
class LabelledHistogram<T extends string>
  extends LabelledChild<T, Histogram<T>, HistogramCell>
  implements Histogram.Internal<T>
{
  // Functions of their own: they may be handed on without their object.
  observe = (value: number): void => {
    if (!Number.isFinite(value)) throw notANumber(value);
    this.cell.observe(value);
  };
  startTimer = (): ((labels?: LabelValues<T>) => number) => this.metric.startTimer(this.given);

  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument(
      (seconds, found) => this.metric.record({ ...this.given, ...found }, seconds),
      labels,
    );
  }
}

/** The bounds as the operator wants them, as the code wants them, or the usual ones. */
function bucketsOf(
  configuration: { name?: unknown; buckets?: readonly number[] } | null | undefined,
): readonly number[] {
  return bucketsByPolicy(configuration?.name) ?? configuration?.buckets ?? DEFAULT_BUCKETS;
}

function kindWith(upperBounds: readonly number[]): Kind<HistogramCell> {
  const bounds = Float64Array.from(upperBounds);
  const local = (labels: LabelSet): LocalHistogramCell => new LocalHistogramCell(labels, bounds);
  return {
    type: 'histogram',
    sorts: {
      direct: (family, series) => new DirectHistogramCell(family, series, local),
      native: (family, series) => new NativeHistogramCell(family, series, local),
      local,
      group: (labels, members) => new HistogramCellGroup(labels, members),
    },
    hasExemplars: true,
    reserved: 'le',
    bounds: upperBounds,
  };
}

/** What makes nothing of it when it is added. */
function opposite(share: Observed | null): Observed {
  const { sum, counts } = share ?? { sum: 0, counts: [] };
  return { sum: -sum, counts: counts.map((count) => -count) };
}
