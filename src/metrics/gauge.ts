// Gauges: numbers that go up and down.

import {
  DirectGaugeCell,
  GaugeCellGroup,
  LocalGaugeCell,
  NativeGaugeCell,
} from '../cell/gauge-cell';
import type { GaugeCell } from '../cell/kinds';
import { SharedCell } from '../cell/shared-cell';
import { stopwatch } from '../heap/clock';
import { MpmetricsError, notANumber } from '../errors';
import {
  inProgressInstrument,
  timeInstrument,
  type CallLabels,
  type InProgressInstrument,
  type TimeInstrument,
} from '../instrument/instrument';
import type { MetricDescriptor } from './descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import { BoundChild } from './bound-child';
import { validLabelsFrom } from '../labels/labels';
import { BaseMetric } from './metric';
import * as fields from './fields';
import { existing } from './options';
import type { LabelValues, LabelSet } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValue,
  CollectFunction,
} from '../present/metric-object';
import { numberValues } from '../present/samples';
import type { MetricConfiguration } from './options';

/** The options of a gauge. */
export interface GaugeConfiguration<T extends string> extends MetricConfiguration<T> {
  collect?: CollectFunction<Gauge<T>>;
}

const CHILDREN: typeof fields.CHILDREN = fields.CHILDREN;
const UNLABELLED: typeof fields.UNLABELLED = fields.UNLABELLED;

const local = (labels: LabelSet): LocalGaugeCell => new LocalGaugeCell(labels);
const GAUGE: MetricDescriptor<GaugeCell> = {
  type: 'gauge',
  values: (_, samples) => numberValues(samples),
  measured: (cell) => ({ value: cell.read()?.value ?? 0, sum: 0, counts: [] }),
  cells: {
    direct: (family, series) => new DirectGaugeCell(family, series, local),
    native: (family, series) => new NativeGaugeCell(family, series, local),
    local,
    group: (labels, members) => new GaugeCellGroup(labels, members),
  },
};
/** The descriptor of gauges without an `aggregator` option. Their values are added up. */
const SUMMED_BY_DEFAULT: MetricDescriptor<GaugeCell> = { ...GAUGE };
/** The descriptor of gauges whose writers share one value. */
const SHARED: MetricDescriptor<GaugeCell> = {
  ...GAUGE,
  cells: {
    ...GAUGE.cells,
    direct: (family, series) => new SharedCell(family, series, local),
    native: (family, series) => new SharedCell(family, series, local),
  },
};

/**
 * A number that goes up and down: connections open, jobs in a queue. The `aggregator` combines the values of several
 * processes. The values of dead processes do not count, except with `shared`.
 *
 * ```ts
 * const connections = new Gauge({ name: 'connections', help: 'Open connections' });
 * connections.inc();
 * connections.dec();
 * const age = new Gauge({ name: 'oldest_job_seconds', help: 'Age of the oldest job', aggregator: 'max' });
 * age.set(12.5);
 * ```
 */
export class Gauge<T extends string = string> extends BaseMetric<T, GaugeCell> {
  /**
   * Declares a gauge. A gauge without labels shows as 0 at once.
   *
   * @param configuration `name` and `help` are required. Throws prom-client's errors for invalid options.
   */
  constructor(configuration: GaugeConfiguration<T>) {
    super(configuration, descriptorOf(configuration?.aggregator));
  }

  /**
   * The gauge of that name in its registry (the first of `registers`), made if there is none. Throws an
   * `MpmetricsError` if the existing gauge has other options.
   */
  static getOrCreate<T extends string = string>(configuration: GaugeConfiguration<T>): Gauge<T> {
    return (existing(Gauge, configuration) as Gauge<T> | undefined) ?? new this(configuration);
  }

  /**
   * Sets the series with those labels to `value`.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param value Any number. Throws a `TypeError` for anything else.
   */
  set(labels: LabelValues<T>, value: number): void;
  /** Sets the series without labels to `value`. */
  set(value: number): void;
  set(labels: LabelSet | number, value?: number): void {
    const isLabelled = typeof labels === 'object' && labels !== null;
    const set = isLabelled ? value : labels;
    if (typeof set !== 'number') throw notANumber(set);
    cellOf(this, isLabelled ? labels : null).set(set);
  }

  /** Adds `value` (default: 1) to the series with those labels. Throws a `TypeError` if it is not a number. */
  inc(labels: LabelValues<T>, value?: number): void;
  /** Adds `value` (default: 1) to the series without labels. */
  inc(value?: number): void;
  inc(labels?: LabelSet | number, value?: number): void {
    const isLabelled = typeof labels === 'object' && labels !== null;
    const given = isLabelled ? value : labels;
    const delta = given === undefined ? 1 : given;
    if (typeof delta !== 'number') throw notANumber(delta, 'Delta');
    cellOf(this, isLabelled ? labels : null).add(delta);
  }

  /** Subtracts `value` (default: 1) from the series with those labels. */
  dec(labels: LabelValues<T>, value?: number): void;
  /** Subtracts `value` (default: 1) from the series without labels. */
  dec(value?: number): void;
  dec(labels?: LabelSet | number, value?: number): void {
    const isLabelled = typeof labels === 'object' && labels !== null;
    const given = isLabelled ? value : (labels as number | undefined);
    // The sign is changed first, as in prom-client, where other types become numbers by that.
    const delta: unknown = given === undefined ? -1 : -given;
    if (typeof delta !== 'number') throw notANumber(delta, 'Delta');
    cellOf(this, isLabelled ? labels : null).add(delta);
  }

  /**
   * Sets the series to the current time, in seconds since the Unix epoch. For a gauge without an `aggregator`, the
   * latest time of all processes and threads is shown from then on, because a sum of times has no meaning.
   */
  setToCurrentTime(labels?: LabelValues<T>): void {
    const now = Date.now() / 1000;
    const isLabelled = typeof labels === 'object' && labels !== null;
    const isOrdinary = this.set === SET && (isLabelled || labels === undefined);
    if (isOrdinary && this[SERIES].descriptor === SUMMED_BY_DEFAULT) {
      cellOf(this, isLabelled ? labels : null).setTime(now);
    } else if (labels === undefined) this.set(now);
    else this.set(labels, now);
  }

  /**
   * Starts a timer. The function it returns sets the series to the seconds since then, and returns them.
   *
   * @param labels Read when the timer ends. The labels of the final call are added.
   */
  startTimer(labels?: LabelValues<T>): (labels?: LabelValues<T>) => number {
    const elapsed = stopwatch();
    return (endLabels) => {
      const value = elapsed();
      this.set({ ...labels, ...endLabels } as LabelValues<T>, value);
      return value;
    };
  }

  /**
   * Sets the series to the seconds that the latest call took: a decorator, a wrapper, a timer and a resource.
   *
   * @param labels Labels for each call, or a function that returns them after a call.
   */
  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument((seconds, found) => this.set(found ?? {}, seconds), labels);
  }

  /**
   * Keeps the gauge at the number of calls in progress: a decorator and a wrapper, and `start()` for other work. Throws
   * an `MpmetricsError` unless the aggregator is `sum`. Any other would count the calls of dead processes, or the calls
   * of one process only.
   *
   * @param labels Labels for each call, or a function that returns them before a call.
   */
  trackInProgress(labels?: CallLabels<LabelValues<T>>): InProgressInstrument {
    requireSum(this);
    return inProgressInstrument(
      (found) => this.inc(found ?? {}),
      (found) => this.dec(found ?? {}),
      labels,
    );
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Gauge.Internal<T>;
  /** The child for those labels. Throws for a label that was not declared. */
  labels(labels: LabelValues<T>): Gauge.Internal<T>;
  labels(...given: unknown[]): Gauge.Internal<T> {
    const known = this[CHILDREN].handleOf(given) as Gauge.Internal<T> | undefined;
    return (
      known ??
      this[CHILDREN].keepHandle(
        given,
        new LabelledGauge(this, validLabelsFrom(this.labelNames, given)),
      )
    );
  }

  /** The gauge with its values in the whole application. */
  async get(): Promise<MetricObjectWithValues<MetricValue<T>>> {
    return (await readMetric(this[SERIES])) as MetricObjectWithValues<MetricValue<T>>;
  }

  /**
   * Withdraws this isolate's contribution. A gauge without labels then starts from 0. A `shared` gauge is reset for
   * all.
   */
  reset(): void {
    const series = this[SERIES];
    const children = [...series.children.values()];
    series.forgetAll();
    for (const family of series.families) {
      if (this.aggregator === 'shared') family.reset();
      else for (const { labels } of children) family.unbind(labels);
    }
    series.showUnlabelled();
  }

  /** Withdraws this isolate's contribution to a series. A series of a `shared` gauge is removed for all. */
  remove(...values: (string | number)[]): void;
  /**
   * Withdraws this isolate's contribution to the series with those labels. A series of a `shared` gauge is removed for
   * all.
   */
  remove(labels: LabelValues<T>): void;
  remove(...given: unknown[]): void {
    const isShared = this.aggregator === 'shared';
    this[SERIES].discard(given, (family, labels) =>
      isShared ? family.remove(labels) : family.unbind(labels),
    );
  }

  /** The value that this isolate has set. The name is prom-client's own, and tests of applications use it. @internal */
  _getValue(labels?: LabelValues<T>): number {
    return this[SERIES].children.find(labels ?? {})?.read()?.value ?? 0;
  }
}

export namespace Gauge {
  /** A gauge with its labels given. */
  export interface Internal<T extends string = string> {
    /** Sets the value. */
    set(value: number): void;
    /** Adds `value`, 1 by default. */
    inc(value?: number): void;
    /** Subtracts `value`, 1 by default. */
    dec(value?: number): void;
    /** Sets the value to the current time, in seconds since the Unix epoch. */
    setToCurrentTime(): void;
    /** As `startTimer` of the gauge. */
    startTimer(): (labels?: LabelValues<T>) => number;
    /** As `time` of the gauge. A labels function adds to the labels of this child. */
    time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>>;
    /** As `trackInProgress` of the gauge. */
    trackInProgress(): InProgressInstrument;
  }
}

/** The result of `labels(…)`. */
class LabelledGauge<T extends string>
  extends BoundChild<T, Gauge<T>, GaugeCell>
  implements Gauge.Internal<T>
{
  // Arrow functions, so that they can be passed on without their object. As in prom-client, they call a method of the metric
  // that was replaced.
  set = (value: number): void => {
    if (this.metric.set !== SET) {
      this.metric.set(this.given, value);
      return;
    }
    if (typeof value !== 'number') throw notANumber(value);
    this.cell.set(value);
  };
  inc = (value?: number): void => {
    if (this.metric.inc !== INC) {
      if (value === undefined) this.metric.inc(this.given);
      else this.metric.inc(this.given, value);
      return;
    }
    const delta = value === undefined ? 1 : value;
    if (typeof delta !== 'number') throw notANumber(delta, 'Delta');
    this.cell.add(delta);
  };
  dec = (value?: number): void => {
    if (this.metric.dec !== DEC) {
      if (value === undefined) this.metric.dec(this.given);
      else this.metric.dec(this.given, value);
      return;
    }
    const delta: unknown = value === undefined ? -1 : -value;
    if (typeof delta !== 'number') throw notANumber(delta, 'Delta');
    this.cell.add(delta);
  };
  setToCurrentTime = (): void => this.metric.setToCurrentTime(this.given);
  startTimer = (): ((labels?: LabelValues<T>) => number) => this.metric.startTimer(this.given);

  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument(
      (seconds, found) => this.metric.set({ ...this.given, ...found }, seconds),
      labels,
    );
  }

  trackInProgress(): InProgressInstrument {
    return this.metric.trackInProgress(this.given);
  }
}

/** The methods of a gauge where nobody has replaced them. */
const { set: SET, inc: INC, dec: DEC } = Gauge.prototype;

function descriptorOf(aggregator: string | undefined): MetricDescriptor<GaugeCell> {
  if (aggregator === undefined) return SUMMED_BY_DEFAULT;
  return aggregator === 'shared' ? SHARED : GAUGE;
}

/** The cell of a series. Null: the series without labels. */
function cellOf(gauge: Gauge, labels: LabelSet | null): GaugeCell {
  const cell = labels === null ? gauge[UNLABELLED] : gauge[CHILDREN].find(labels);
  return cell ?? gauge[SERIES].make(labels ?? {});
}

function requireSum(gauge: { name: string; aggregator: string }): void {
  if (gauge.aggregator === 'sum') return;
  throw new MpmetricsError(
    'MPMETRICS_BAD_ARGUMENT',
    `trackInProgress() needs the aggregator 'sum'; that of ${gauge.name} is '${gauge.aggregator}'.`,
  );
}
