// Summaries: observations, summed up as quantiles.

import { inspect } from 'util';
import type { SummaryCell } from '../cell/kinds';
import { LocalSummaryCell } from '../cell/local-summary-cell';
import { DirectSummaryCell, NativeSummaryCell, SummaryCellGroup } from '../cell/summary-cell';
import { stopwatch } from '../heap/clock';
import { coded, notANumber } from '../errors';
import { timeInstrument, type CallLabels, type TimeInstrument } from '../instrument/instrument';
import type { MetricDescriptor } from './descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import { BoundChild } from './bound-child';
import { validateLabels, validLabelsFrom } from '../labels/labels';
import { BaseMetric } from './metric';
import * as fields from './fields';
import { existing } from './options';
import { quantilesOf } from '../cell/sketch';
import type { LabelSet, LabelValues } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValueWithName,
  CollectFunction,
} from '../present/metric-object';
import { summaryValues, type Measured } from '../present/samples';
import { isCurrent, windowNow, windowsOf, type Windows } from '../cell/windows';
import type { MetricConfiguration } from './options';

const CHILDREN: typeof fields.CHILDREN = fields.CHILDREN;
const UNLABELLED: typeof fields.UNLABELLED = fields.UNLABELLED;

/** The options of a summary. */
export interface SummaryConfiguration<T extends string> extends MetricConfiguration<T> {
  /** The quantiles to show, numbers from 0 to 1. Default: .01 .05 .5 .9 .95 .99 .999. */
  percentiles?: number[];
  /** The quantiles are those of the last so many seconds; needs `ageBuckets`. Default: of all values. */
  maxAgeSeconds?: number;
  /** The number of steps in which old values leave: 5 over 600 seconds are steps of 120 seconds. At most 50. */
  ageBuckets?: number;
  /** Whether series without a value in the last `maxAgeSeconds` are omitted. */
  pruneAgedBuckets?: boolean;
  /** Accepted for compatibility with prom-client, without effect. */
  compressCount?: number;
  collect?: CollectFunction<Summary<T>>;
}

/** The quantiles of a summary without given quantiles. */
const DEFAULT_PERCENTILES: readonly number[] = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999];

/**
 * Observations as quantiles, count and sum: half of all requests took less than so long. Across processes the quantiles
 * are those of all values together, including dead processes. They are exact for up to 32 values, and within 1 %
 * otherwise.
 *
 * ```ts
 * const latency = new Summary({
 *   name: 'http_request_seconds',
 *   help: 'How long requests took',
 *   labelNames: ['route'],
 *   percentiles: [0.5, 0.99],
 *   maxAgeSeconds: 600,
 *   ageBuckets: 5,
 * });
 * latency.observe({ route: '/users' }, 0.034);
 * const end = latency.startTimer();
 * end({ route: '/users' });
 * ```
 */
export class Summary<T extends string = string> extends BaseMetric<T, SummaryCell> {
  /** The quantiles that are shown. */
  readonly percentiles: readonly number[];
  /** The age in seconds at which values leave the quantiles; needs `ageBuckets`. */
  readonly maxAgeSeconds: number | undefined;
  /** The number of steps in which values leave. */
  readonly ageBuckets: number | undefined;
  /** Whether series without recent values are omitted. */
  readonly pruneAgedBuckets: boolean | undefined;
  /** The given option, without effect. */
  readonly compressCount: number;

  /**
   * Declares a summary; one without labels shows at once.
   *
   * @param configuration `name` and `help` are required. Throws prom-client's errors for invalid options, and a
   *   `TypeError` if a percentile is not a number from 0 to 1.
   */
  constructor(configuration: SummaryConfiguration<T>) {
    const windows = windowsOf(configuration?.maxAgeSeconds, configuration?.ageBuckets);
    const given = configuration?.percentiles ?? DEFAULT_PERCENTILES;
    // A copy, because the caller may change its array.
    const percentiles = validPercentiles(Array.isArray(given) ? [...given] : given);
    super(configuration, descriptorOf(percentiles, windows, configuration?.pruneAgedBuckets));
    this.percentiles = percentiles;
    this.maxAgeSeconds = configuration.maxAgeSeconds;
    this.ageBuckets = configuration.ageBuckets;
    this.pruneAgedBuckets = configuration.pruneAgedBuckets;
    this.compressCount = configuration.compressCount ?? 1000;
  }

  /**
   * The summary of that name in its registry (the first of `registers`), made if there is none. Throws an
   * `MpmetricsError` if the existing summary has other options.
   */
  static getOrCreate<T extends string = string>(
    configuration: SummaryConfiguration<T>,
  ): Summary<T> {
    const { percentiles = DEFAULT_PERCENTILES, maxAgeSeconds, ageBuckets } = configuration ?? {};
    const found = existing(Summary, configuration, [
      { property: 'percentiles', value: percentiles, words: 'percentiles' },
      { property: 'maxAgeSeconds', value: maxAgeSeconds, words: 'maxAgeSeconds' },
      { property: 'ageBuckets', value: ageBuckets, words: 'ageBuckets' },
      {
        property: 'pruneAgedBuckets',
        value: configuration?.pruneAgedBuckets,
        words: 'pruneAgedBuckets',
      },
    ]);
    return (found as Summary<T> | undefined) ?? new this(configuration);
  }

  /**
   * Records `value` in the series with those labels.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param value The observed value, in the summary's unit. Throws a `TypeError` if it is not a finite number.
   */
  observe(labels: LabelValues<T>, value: number): void;
  /** Records `value` in the series without labels. */
  observe(value: number): void;
  observe(labels: object | number, value?: number): void {
    const unlabelled = this[UNLABELLED];
    if (value === undefined && unlabelled !== null && Number.isFinite(labels)) {
      unlabelled.observe(labels as number);
    } else {
      observeIn(this, labels, value);
    }
  }

  /**
   * Starts a timer. The function it returns observes the seconds since then, and returns them.
   *
   * @param labels Read when the timer ends. The labels of the final call are added.
   */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    const elapsed = stopwatch();
    return (endLabels) => {
      const value = elapsed();
      this.observe({ ...labels, ...endLabels } as LabelValues<T>, value);
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
    return timeInstrument((seconds, found) => this.observe(found ?? {}, seconds), labels);
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Summary.Internal<T>;
  /** The child for those labels. Throws for a label that was not declared. */
  labels(labels: LabelValues<T>): Summary.Internal<T>;
  labels(...given: unknown[]): Summary.Internal<T> {
    const known = this[CHILDREN].handleOf(given) as Summary.Internal<T> | undefined;
    return (
      known ??
      this[CHILDREN].keepHandle(
        given,
        new LabelledSummary(this, validLabelsFrom(this.labelNames, given)),
      )
    );
  }

  /** The summary with its values in the whole application. */
  async get(): Promise<MetricObjectWithValues<MetricValueWithName<T>>> {
    return (await readMetric(this[SERIES])) as MetricObjectWithValues<MetricValueWithName<T>>;
  }

  /**
   * Starts from zero in the whole application. The series that this process knows stay. Labelled series of other
   * processes return at their next observation.
   */
  reset(): void {
    const series = this[SERIES];
    const known = [...series.children.values()].map(({ labels }) => labels);
    series.forgetAll();
    for (const family of series.families) family.reset();
    for (const labels of known) series.make(labels).show();
  }

  /** Removes the series with those label values from the whole application. */
  remove(...values: (string | number)[]): void;
  /** Removes the series with those labels from the whole application. */
  remove(labels: LabelValues<T>): void;
  remove(...given: unknown[]): void {
    this[SERIES].discard(given);
  }
}

export namespace Summary {
  /** A summary with its labels given. */
  export interface Internal<T extends string = string> {
    /** Records a value. */
    observe(value: number): void;
    /** As `startTimer` of the summary. */
    startTimer(): (labels?: LabelValues<T>) => number;
    /** As `time` of the summary. A labels function adds to the labels of this child. */
    time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>>;
  }

  /** The options that only summaries have. */
  export interface Config {
    /** The quantiles to show, numbers from 0 to 1. */
    percentiles?: number[];
  }
}

/** The result of `labels(…)`. */
class LabelledSummary<T extends string>
  extends BoundChild<T, Summary<T>, SummaryCell>
  implements Summary.Internal<T>
{
  // Arrow functions, so that they can be passed on without their object.
  observe = (value: number): void => {
    if (!Number.isFinite(value)) throw notANumber(value === undefined ? this.given : value);
    this.cell.observe(value);
  };
  startTimer = (): ((labels?: LabelValues<T>) => number) => this.metric.startTimer(this.given);

  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument(
      (seconds, found) => this.metric.observe({ ...this.given, ...found }, seconds),
      labels,
    );
  }
}

/** Observes with any other arguments than a single number. */
function observeIn(
  summary: Summary,
  labels: object | number | null | undefined,
  value: number | undefined,
): void {
  const isLabelled = typeof labels === 'object' && labels !== null;
  // prom-client takes the characters of a string for label names.
  if (typeof labels === 'string') validateLabels(summary.labelNames, labels);
  let cell = isLabelled ? summary[CHILDREN].find(labels) : summary[UNLABELLED];
  // prom-client takes a single argument for the value, of any type, and no argument for no labels.
  const alone = labels === 0 ? 0 : labels || {};
  const observed: unknown = value === undefined ? alone : value;
  if (!Number.isFinite(observed)) throw notANumber(observed);
  if (cell === null) cell = summary[SERIES].make(isLabelled ? labels : {});
  cell.observe(observed as number);
}

function descriptorOf(
  percentiles: readonly number[],
  windows: Windows,
  isPruned: boolean | undefined,
): MetricDescriptor<SummaryCell> {
  const { count, interval } = windows;
  const local = (labels: LabelSet): LocalSummaryCell => new LocalSummaryCell(labels, windows);
  return {
    type: 'summary',
    cells: {
      direct: (family, series) => new DirectSummaryCell(family, series, local, windows),
      native: (family, series) => new NativeSummaryCell(family, series, local, windows),
      local,
      group: (labels, members) => new SummaryCellGroup(labels, members),
    },
    values: ({ name }, samples) => summaryValues(name, percentiles, samples),
    measured: (cell) => measuredIn(cell, windows, percentiles),
    hasState: true,
    reserved: 'quantile',
    bounds: percentiles,
    declaration: {
      windows: count,
      interval,
      ...(isPruned && count > 0 && { expireAfter: count * interval }),
    },
  };
}

function measuredIn(cell: SummaryCell, windows: Windows, percentiles: readonly number[]): Measured {
  const { count, sum, windows: found } = cell.read() ?? { count: 0, sum: 0, windows: [] };
  const now = windowNow(windows);
  const current = found.filter(({ number }) => isCurrent(windows, number, now));
  const points = current.flatMap((window) => window.points);
  return { value: 0, sum, counts: [], count, quantiles: quantilesOf(points, percentiles) };
}

function validPercentiles(given: readonly number[]): readonly number[] {
  const wrong = Array.isArray(given)
    ? given.find((rank) => typeof rank !== 'number' || !(rank >= 0 && rank <= 1))
    : given;
  if (wrong === undefined) return given;
  throw coded(
    new TypeError(`Percentiles must be numbers from 0 to 1: ${inspect(wrong)}`),
    'MPMETRICS_INVALID_PERCENTILES',
  );
}
