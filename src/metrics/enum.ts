// Enums: the present state out of several.

import { inspect } from 'util';
import { GaugeCellGroup, LocalGaugeCell } from '../cell/gauge-cell';
import type { GaugeCell } from '../cell/kinds';
import { SharedCell } from '../cell/shared-cell';
import { coded, MpmetricsError } from '../errors';
import type { MetricDescriptor } from './descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import { validLabelsFrom } from '../labels/labels';
import { BaseMetric } from './metric';
import { existing, withFirst } from './options';
import type { LabelSet, LabelValues } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValue,
  CollectFunction,
} from '../present/metric-object';
import { enumValues } from '../present/samples';
import type { MetricConfiguration } from './options';

/** The options of an enum. */
export interface EnumConfiguration<T extends string, S extends string> extends Omit<
  MetricConfiguration<T>,
  'aggregator' | 'enableExemplars' | 'unit'
> {
  /** The states, different strings. The first one is the initial state. */
  states: readonly S[];
  collect?: CollectFunction<Enum<T, S>>;
}

/**
 * The present state out of several: a task that is starting, running or stopped. Each state is shown as a series: the
 * present one is 1, and the others are 0. All processes share one state: the last call sets it for all of them. The state
 * stays when the process that has set it ends.
 *
 * ```ts
 * const task = new Enum({
 *   name: 'task_state',
 *   help: 'What the task does',
 *   states: ['starting', 'running', 'stopped'],
 * });
 * task.state('running');
 * ```
 */
export class Enum<T extends string = string, S extends string = string> extends BaseMetric<
  T,
  GaugeCell
> {
  /** The states. The first one is the initial state. */
  readonly states: readonly S[];

  /**
   * Declares an enum. An enum without labels shows at once, in its initial state.
   *
   * @param configuration `name`, `help` and `states` are required. Throws prom-client's errors for invalid options, and
   *   a `TypeError` if the states are not different strings.
   */
  constructor(configuration: EnumConfiguration<T, S>) {
    const states = validStates(configuration?.states ?? []);
    super(withFirst(configuration), descriptorOf(configuration?.name, states));
    this.states = states;
  }

  /**
   * The enum of that name in its registry (the first of `registers`), made if there is none. Throws an `MpmetricsError`
   * if the existing enum has other options.
   */
  static getOrCreate<T extends string = string, S extends string = string>(
    configuration: EnumConfiguration<T, S>,
  ): Enum<T, S> {
    const found = existing(Enum, withFirst(configuration), [
      { property: 'states', value: configuration?.states, words: 'states' },
    ]);
    return (found as Enum<T, S> | undefined) ?? new this(configuration);
  }

  /**
   * Sets the state of the series with those labels.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param state One of the states. Throws an `MpmetricsError` with the code `MPMETRICS_UNKNOWN_STATE` for any other.
   */
  state(labels: LabelValues<T>, state: S): void;
  /** Sets the state of the series without labels. */
  state(state: S): void;
  state(first: LabelSet | S, second?: S): void {
    const isLabelled = typeof first === 'object' && first !== null;
    const [labels, state] = isLabelled ? [first, second] : [{}, first];
    const known = this[SERIES].children.find(labels);
    const index = this.states.indexOf(state as S);
    if (index < 0) throw unknown(this, state);
    (known ?? this[SERIES].make(labels)).set(index);
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Enum.Internal<S>;
  /** The child for those labels. Throws for a label that was not declared. */
  labels(labels: LabelValues<T>): Enum.Internal<S>;
  labels(...given: unknown[]): Enum.Internal<S> {
    const labels = validLabelsFrom(this.labelNames, given) as LabelValues<T>;
    return { state: (state) => this.state(labels, state) };
  }

  /** The enum with its values in the whole application, one for each state. */
  async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    return (await readMetric(this[SERIES])) as MetricObjectWithValues<MetricValue<string>>;
  }

  /** Goes back to the first state in the whole application, without any labelled series. */
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

export namespace Enum {
  /** An enum with its labels given. */
  export interface Internal<S extends string = string> {
    /** Sets the state. */
    state(state: S): void;
  }
}

function descriptorOf(name: string, states: readonly string[]): MetricDescriptor<GaugeCell> {
  const local = (labels: LabelSet): LocalGaugeCell => new LocalGaugeCell(labels);
  return {
    // The type in prom-client's JSON, and in the Prometheus text format, which has no state sets.
    type: 'gauge',
    declaration: { kind: 'enum', aggregator: 'shared', states: [...states] },
    cells: {
      direct: (family, series) => new SharedCell(family, series, local),
      native: (family, series) => new SharedCell(family, series, local),
      local,
      group: (labels, members) => new GaugeCellGroup(labels, members),
    },
    values: (metric, samples) => enumValues(metric.name, states, samples),
    measured: (cell) => ({ value: cell.read()?.value ?? 0, sum: 0, counts: [] }),
    // The name of the label for the state.
    reserved: name,
  };
}

function validStates<S extends string>(states: readonly S[]): readonly S[] {
  const isGood =
    Array.isArray(states) &&
    states.length > 0 &&
    states.every((state) => typeof state === 'string') &&
    new Set(states).size === states.length;
  if (isGood) return Object.freeze([...states] as S[]);
  throw coded(
    new TypeError(`The states of an enum are different strings, at least one: ${inspect(states)}`),
    'MPMETRICS_BAD_ARGUMENT',
  );
}

function unknown({ name, states }: Enum, state: unknown): MpmetricsError {
  return new MpmetricsError(
    'MPMETRICS_UNKNOWN_STATE',
    `${inspect(state)} is not a state of ${name}, which has: ${states.join(', ')}.`,
  );
}
