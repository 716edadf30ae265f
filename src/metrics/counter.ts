// Counters: numbers that only go up.

import {
  CounterCellGroup,
  DirectCounterCell,
  LocalCounterCell,
  NativeCounterCell,
} from '../cell/counter-cell';
import type { CounterCell } from '../cell/kinds';
import { SampledCounterCell } from '../cell/sampled-cell';
import { coded, notANumber } from '../errors';
import { asRead, exemplarOf } from '../labels/exemplar';
import {
  countExceptionsInstrument,
  countInstrument,
  type CallLabels,
  type ExceptionFilter,
  type MethodInstrument,
} from '../instrument/instrument';
import { sampledCells, type MetricDescriptor } from './descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import { BoundChild } from './bound-child';
import { labelsFrom, validateLabels } from '../labels/labels';
import { BaseMetric } from './metric';
import * as fields from './fields';
import { existing } from './options';
import type { LabelSet, LabelValues } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValue,
  CollectFunction,
} from '../present/metric-object';
import { numberValues } from '../present/samples';
import type { ExemplarOptions, MetricConfiguration } from './options';

/** The options of a counter. */
export interface CounterConfiguration<T extends string>
  extends MetricConfiguration<T>, ExemplarOptions {
  collect?: CollectFunction<Counter<T>>;
}

/** The argument of `inc` when exemplars are enabled. */
export interface IncreaseDataWithExemplar<T extends string> {
  /** The amount. Default: 1. */
  value?: number;
  /** The labels of the series. */
  labels?: LabelValues<T>;
  /** The labels of the exemplar, such as a trace id: together at most 128 characters. */
  exemplarLabels?: LabelValues<T>;
}

const CHILDREN: typeof fields.CHILDREN = fields.CHILDREN;
const UNLABELLED: typeof fields.UNLABELLED = fields.UNLABELLED;

const local = (labels: LabelSet): LocalCounterCell => new LocalCounterCell(labels);
const COUNTER: MetricDescriptor<CounterCell> = {
  type: 'counter',
  values: (_, samples) => numberValues(samples),
  measured: (cell) => ({
    value: cell.read() ?? 0,
    sum: 0,
    counts: [],
    exemplars: asRead(cell.exemplars),
  }),
  hasExemplars: true,
  cells: {
    direct: (family, series) => new DirectCounterCell(family, series, local),
    native: (family, series) => new NativeCounterCell(family, series, local),
    local,
    group: (labels, members) => new CounterCellGroup(labels, members),
  },
};

/** The descriptor of a counter that takes exemplars from the active span. */
function tracedCounter(): MetricDescriptor<CounterCell> {
  const cells = sampledCells(COUNTER.cells, (cell, filter) => new SampledCounterCell(cell, filter));
  return { ...COUNTER, cells, isTraced: true };
}

/**
 * A number that only goes up: requests served, bytes sent. Across processes the values are added up, including those of
 * dead processes.
 *
 * ```ts
 * const requests = new Counter({
 *   name: 'http_requests_total',
 *   help: 'Requests answered',
 *   labelNames: ['method', 'code'],
 * });
 * requests.inc({ method: 'GET', code: 200 });
 * requests.labels('GET', '200').inc(5);
 * ```
 */
export class Counter<T extends string = string> extends BaseMetric<T, CounterCell> {
  /**
   * Declares a counter. A counter without labels shows as 0 at once.
   *
   * @param configuration `name` and `help` are required. Throws prom-client's errors for invalid options.
   */
  constructor(configuration: CounterConfiguration<T>) {
    super(configuration, configuration?.exemplars === 'trace' ? tracedCounter() : COUNTER);
    if (this.enableExemplars) this.inc = this.incWithExemplar as typeof this.inc;
  }

  /**
   * The counter of that name in its registry (the first of `registers`), made if there is none: for modules that are
   * evaluated more than once. Throws an `MpmetricsError` if the existing counter has other options.
   */
  static getOrCreate<T extends string = string>(
    configuration: CounterConfiguration<T>,
  ): Counter<T> {
    return (existing(Counter, configuration) as Counter<T> | undefined) ?? new this(configuration);
  }

  /**
   * Adds `value` to the series with those labels.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param value The amount, in the counter's unit. Default: 1. Throws a `TypeError` if it is not a finite number, and
   *   an `Error` if it is negative. NaN passes, as in prom-client, and makes the total NaN for good.
   */
  inc(labels: LabelValues<T>, value?: number): void;
  /** Adds `value` (default: 1) to the series without labels. */
  inc(value?: number): void;
  /** Adds to a series and stores an exemplar, for counters with `enableExemplars`. */
  inc(incData: IncreaseDataWithExemplar<T>): void;
  inc(labels?: object | number | null, value?: number | null): void {
    let cell: CounterCell | null;
    let amount: number | null | undefined;
    if (typeof labels === 'object' && labels !== null) {
      cell = this[CHILDREN].find(labels);
      amount = value;
    } else {
      cell = this[UNLABELLED];
      amount = labels;
    }
    if (amount === undefined || amount === null) amount = 1;
    else validateIncrease(amount);
    if (cell === null) cell = this[SERIES].make((typeof labels === 'object' && labels) || {});
    cell.add(amount);
  }

  /** prom-client's own name. @internal */
  incWithoutExemplar(labels?: object | number | null, value?: number): void {
    (INC as (labels: unknown, value: unknown) => void).call(this, labels, value);
  }

  /** prom-client's own name. @internal */
  incWithExemplar(data: IncreaseDataWithExemplar<T> = {}): void {
    const series = this[SERIES];
    const { labels, value, exemplarLabels } = data;
    const known = labels ? series.children.find(labels) : series.unlabelled;
    // Before the labels of the exemplar are read: they may run code that looks up other series.
    const own = known === null ? series.children.ownOf(labels ?? {}) : null;
    const amount = value ?? 1;
    validateIncrease(amount);
    const exemplar = exemplarLabels && exemplarOf(exemplarLabels, amount || 1);
    const cell = known ?? series.make(own ?? {});
    cell.add(amount);
    if (exemplar) cell.exemplify(exemplar);
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Counter.Internal<T>;
  /** The child for those labels. */
  labels(labels: LabelValues<T>): Counter.Internal<T>;
  labels(...given: unknown[]): Counter.Internal<T> {
    const known = this[CHILDREN].handleOf(given) as Counter.Internal<T> | undefined;
    return (
      known ??
      this[CHILDREN].keepHandle(
        given,
        new LabelledCounter(this, labelsFrom(this.labelNames, given)),
      )
    );
  }

  /**
   * Counts the calls of a method or function: a decorator and a wrapper. A call that fails counts too.
   *
   * @param labels Labels for each call, or a function that returns them after a call.
   */
  count(labels?: CallLabels<LabelValues<T>>): MethodInstrument {
    return countInstrument((found) => increase(this, found ?? {}), labels);
  }

  /**
   * Counts the calls of a method or function that throw or reject: a decorator and a wrapper. Errors pass on untouched.
   *
   * @param filters Error classes or predicates. An error counts if any of them matches. Default: every error.
   */
  countExceptions(...filters: ExceptionFilter[]): MethodInstrument {
    return countExceptionsInstrument<LabelValues<T>>(
      (found) => increase(this, found ?? {}),
      filters,
    );
  }

  /** The counter with its values in the whole application. */
  async get(): Promise<MetricObjectWithValues<MetricValue<T>>> {
    return (await readMetric(this[SERIES])) as MetricObjectWithValues<MetricValue<T>>;
  }

  /** Starts again from zero in the whole application, without any labelled series. */
  reset(): void {
    this[SERIES].reset();
  }

  /** Removes the series with those label values from the whole application. */
  remove(...values: (string | number)[]): void;
  /** Removes the series with those labels from the whole application. */
  remove(labels: LabelValues<T>): void;
  remove(...given: unknown[]): void {
    this[SERIES].discard(given);
  }
}

export namespace Counter {
  /** A counter with its labels given. */
  export interface Internal<T extends string = string> {
    /** Adds `value`, 1 by default; with `enableExemplars` also what `inc` of the counter takes then, without labels. */
    inc(value?: number | Omit<IncreaseDataWithExemplar<T>, 'labels'>): void;
    /** As `count` of the counter; a labels function adds to the labels of this child. */
    count(labels?: CallLabels<LabelValues<T>>): MethodInstrument;
    /** As `countExceptions` of the counter. */
    countExceptions(...filters: ExceptionFilter[]): MethodInstrument;
  }
}

/** The result of `labels(…)`. */
class LabelledCounter<T extends string>
  extends BoundChild<T, Counter<T>, CounterCell>
  implements Counter.Internal<T>
{
  /** An arrow function, so that it can be passed on without its object. */
  inc = (value?: number | Omit<IncreaseDataWithExemplar<T>, 'labels'>): void => {
    const isSpecial = this.metric.inc !== INC && isReplaced(this.metric);
    if (isSpecial || typeof value === 'object') {
      this.#incByMetric(value);
      return;
    }
    let amount = value;
    if (amount === undefined) amount = 1;
    else if (!Number.isFinite(amount) || amount < 0) this.#validate(amount);
    this.cell.add(amount);
  };

  /** Calls the method of the metric: it leaves an exemplar, or was replaced. */
  #incByMetric(
    value: number | null | undefined | Omit<IncreaseDataWithExemplar<T>, 'labels'>,
  ): void {
    const { metric, given } = this;
    if (metric.enableExemplars) {
      metric.inc({ ...(typeof value === 'object' ? value : { value }), labels: given });
    } else if (value === undefined) metric.inc(given);
    else metric.inc(given, value as number);
  }

  /** The labels are checked first, as in prom-client. */
  #validate(amount: number): void {
    validateLabels(this.metric.labelNames, this.given);
    validateIncrease(amount);
  }

  count(labels?: CallLabels<LabelValues<T>>): MethodInstrument {
    return countInstrument(this.recorder(), labels);
  }

  countExceptions(...filters: ExceptionFilter[]): MethodInstrument {
    return countExceptionsInstrument<LabelValues<T>>(this.recorder(), filters);
  }

  /** Counts one call. A method without private names, since it may be called on a proxy. */
  protected recorder(): (labels: LabelValues<T> | undefined) => void {
    const { inc, metric, given } = this;
    return (labels) => (labels === undefined ? inc() : increase(metric, { ...given, ...labels }));
  }
}

/** The method of a counter where nobody has replaced it. */
const INC = Counter.prototype.inc;

/**
 * Whether somebody has put another function in the place of `inc`, as test tools do. A method of a subclass is none, as in
 * prom-client: it may go by a child itself.
 */
function isReplaced(counter: Counter): boolean {
  const own = Object.hasOwn(counter, 'inc') ? counter.inc : INC;
  return own !== INC && own !== Counter.prototype.incWithExemplar;
}

/** Adds 1, whether or not exemplars are enabled. */
function increase<T extends string>(counter: Counter<T>, labels: LabelValues<T>): void {
  counter.inc(counter.enableExemplars ? { labels } : labels);
}

/** Refuses the same values as prom-client, which accepts NaN. */
function validateIncrease(value: number): void {
  if (value && !Number.isFinite(value)) {
    throw notANumber(value);
  }
  if (value < 0) {
    throw coded(new Error('It is not possible to decrease a counter'), 'MPMETRICS_INVALID_VALUE');
  }
}
