// Infos: text about the application, such as its version.

import { monotonic } from '../heap/clock';
import { InfoCellGroup, HeapInfoCell, LocalInfoCell } from '../cell/info-cell';
import type { InfoCell } from '../cell/kinds';
import { coded } from '../errors';
import type { MetricDescriptor } from './descriptor';
import { SERIES } from '../registry/contents';
import { readMetric } from './read';
import {
  labelText,
  requireLabelNames,
  validLabelsFrom,
  type NameValidation,
} from '../labels/labels';
import { BaseMetric } from './metric';
import { existing, nameRuleOf, withFirst } from './options';
import type { LabelSet, LabelValues } from '../labels/label-set';
import type {
  MetricObjectWithValues,
  MetricValueWithName,
  CollectFunction,
} from '../present/metric-object';
import { infoValues } from '../present/samples';
import type { MetricConfiguration } from './options';

/** The options of an info. */
export interface InfoConfiguration<T extends string> extends Omit<
  MetricConfiguration<T>,
  'aggregator' | 'enableExemplars' | 'unit'
> {
  collect?: CollectFunction<Info<T>>;
}

/** The values of an info: text by name. */
export type InfoValues = Readonly<Record<string, string | number | boolean>>;

const local = (labels: LabelSet): LocalInfoCell => new LocalInfoCell(labels);
const INFO: MetricDescriptor<InfoCell> = {
  // The type in prom-client's JSON, and in the Prometheus text format, which has no infos.
  type: 'gauge',
  declaration: { kind: 'info', aggregator: 'shared' },
  values: ({ name }, samples) => infoValues(name, samples),
  measured: textIn,
  hasState: true,
  cells: {
    direct: (family, series) => new HeapInfoCell(family, series, local),
    native: (family, series) => new HeapInfoCell(family, series, local),
    local,
    group: (labels, members) => new InfoCellGroup(labels, members),
  },
};

/**
 * Text about the application: its version, the commit it was built from. It is shown as the labels of a series that is
 * always 1, named `…_info`. All processes share one info: the last call sets it for all of them.
 * The info stays when the process that has set it ends.
 *
 * ```ts
 * const build = new Info({ name: 'build', help: 'What is running' });
 * build.info({ version: '1.4.0', commit: 'f00ba4' });
 * ```
 */
export class Info<T extends string = string> extends BaseMetric<T, InfoCell> {
  /**
   * Declares an info. It shows once it is set.
   *
   * @param configuration `name` and `help` are required. Throws prom-client's errors for invalid options.
   */
  constructor(configuration: InfoConfiguration<T>) {
    super(withFirst(configuration), INFO);
  }

  /**
   * The info of that name in its registry (the first of `registers`), made if there is none. Throws an `MpmetricsError`
   * if the existing info has other options.
   */
  static getOrCreate<T extends string = string>(configuration: InfoConfiguration<T>): Info<T> {
    const found = existing(Info, withFirst(configuration));
    return (found as Info<T> | undefined) ?? new this(configuration);
  }

  /**
   * Sets the info of the series with those labels. It replaces the values that any process has set before.
   *
   * @param labels A value for some or all of the label names; another name throws an `Error`.
   * @param values The text, by name. Throws an `Error` for an invalid label name, or a name of `labelNames`.
   */
  info(labels: LabelValues<T>, values: InfoValues): void;
  /** Sets the info of the series without labels. It replaces the values that any process has set before. */
  info(values: InfoValues): void;
  info(first: LabelSet, second?: InfoValues): void {
    const [labels, values] = second === undefined ? [{}, first] : [first, second];
    const known = this[SERIES].children.find(labels);
    validateValues(values, this.labelNames, nameRuleOf(this.registers));
    const cell = known ?? this[SERIES].make(labels);
    cell.set({ values: { ...values }, time: timeOfSetting() });
  }

  /** The child for those label values, in the order of the label names. Throws if there are too many or too few. */
  labels(...values: (string | number)[]): Info.Internal;
  /** The child for those labels. Throws for a label that was not declared. */
  labels(labels: LabelValues<T>): Info.Internal;
  labels(...given: unknown[]): Info.Internal {
    const labels = validLabelsFrom(this.labelNames, given) as LabelValues<T>;
    return { info: (values) => this.info(labels, values) };
  }

  /** The info with its values in the whole application. */
  async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    return (await readMetric(this[SERIES])) as MetricObjectWithValues<MetricValueWithName<string>>;
  }

  /** Removes the info in the whole application. */
  reset(): void {
    const series = this[SERIES];
    series.forgetAll();
    for (const family of series.families) {
      if (this.labelNames.length > 0) family.reset();
      else family.retract({}, timeOfSetting());
    }
    series.showUnlabelled();
  }

  /** Removes the series with those label values from the whole application. */
  remove(...values: (string | number)[]): void;
  /** Removes the series with those labels from the whole application. */
  remove(labels: LabelValues<T>): void;
  remove(...given: unknown[]): void {
    this[SERIES].discard(given, (family, labels) => family.retract(labels, timeOfSetting()));
  }
}

export namespace Info {
  /** An info with its labels given. */
  export interface Internal {
    /** Sets the info. */
    info(values: InfoValues): void;
  }
}

let latest = 0;

/** Now, on the machine's monotonic clock. The latest info counts, even if the time of day is changed. */
function timeOfSetting(): number {
  latest = Math.max(latest, monotonic());
  return latest;
}

/** The values as labels; null if the info was not set. */
function textIn(cell: InfoCell): ReturnType<MetricDescriptor<InfoCell>['measured']> {
  const value = cell.read();
  if (value === null) return null;
  const texts = Object.entries(value.values).map(([name, text]) => [name, labelText(text)]);
  return { value: 1, sum: 0, counts: [], added: Object.fromEntries(texts) };
}

function validateValues(
  values: unknown,
  labelNames: readonly string[],
  rule: NameValidation,
): void {
  if (typeof values !== 'object' || values === null) {
    throw coded(new TypeError('info() expects an object'), 'MPMETRICS_BAD_ARGUMENT');
  }
  const names = Object.keys(values);
  requireLabelNames(names, rule);
  const declared = names.find((name) => labelNames.includes(name));
  if (declared === undefined) return;
  throw coded(
    new Error(`"${declared}" is in labelNames, so it can't be set as a value`),
    'MPMETRICS_INVALID_LABEL',
  );
}
