// The options of metrics: their checks, and their comparison.

import { AGGREGATORS } from '../present/aggregators';
import { coded, MpmetricsError } from '../errors';
import { requireNames, validateLabelNames, type NameValidation } from '../labels/labels';
import { isOwn } from '../registry/contents';
import { globalRegistry, type Registry } from '../registry/registry';
import type { MetricType, Aggregator, CollectFunction } from '../present/metric-object';
import type { AnyRegistry } from '../registry/registry';

/** The options that all metrics have in common. */
export interface MetricConfiguration<T extends string> {
  /** The name: letters, digits, `_` and `:`, not beginning with a digit. */
  name: string;
  /** The help text, a sentence. */
  help: string;
  /** The names of the labels. Default: none. */
  labelNames?: T[] | readonly T[];
  /** The registries that show the metric. Default: the global one. */
  registers?: AnyRegistry[];
  /**
   * The unit, which the name repeats: `seconds`, `bytes`. OpenMetrics prints it as `# UNIT` if the name ends in it
   * (`…_seconds`, `…_seconds_total`), as the format demands. Default: no unit.
   */
  unit?: string;
  /** How the values of several processes become one. Default: `sum`. */
  aggregator?: Aggregator;
  /** Runs at each scrape, in any process or thread of the application, to refresh the metric. */
  // oxlint-disable-next-line typescript/no-explicit-any -- prom-client's own type; each metric narrows it
  collect?: CollectFunction<any>;
  /**
   * A series is removed from the whole application if its value has not changed for this many seconds. The next scrape
   * does this. The next update makes it again, from zero. For labels whose values come and go. Default: never.
   */
  expireAfterSeconds?: number;
  /**
   * Functions that give a label another value before the value becomes a series: `{ route: (path) => patternOf(path) }`.
   * Each must leave its own results unchanged. Results are remembered by the given value, for up to 1,000 values. An
   * error, or a result that is no text, leaves the value as it was given, and is reported once.
   */
  labelValues?: { readonly [Name in T]?: (value: string) => string };
  /** Whether `inc` and `observe` take exemplars. Default: false. */
  enableExemplars?: boolean;
}

/** The options of metrics that can have exemplars. */
export interface ExemplarOptions {
  /**
   * `trace`: exemplars have the `trace_id` and `span_id` of the active span of OpenTelemetry, if the span is sampled. `inc`
   * and `observe` stay as they are. Each bucket is looked at once in 90 ms at most, in the whole application. An exemplar
   * stays for 7 to 70 seconds. The environment variable `OTEL_METRICS_EXEMPLAR_FILTER` is honoured. Default: none.
   */
  exemplars?: 'trace';
}

/** The label that distinguishes processes with the aggregator `all`. */
const PID = 'pid';

/**
 * The label that the metric's samples have for themselves, such as the bound of a bucket. No declared label can have
 * its name.
 * @internal
 */
export function ownLabelOf(
  { aggregator }: { aggregator?: string },
  reserved: string | undefined,
): string | undefined {
  return reserved ?? (aggregator === 'all' ? PID : undefined);
}

/** The rule for the names of a metric in those registries: the strictest of their rules. @internal */
export function nameRuleOf(registers: readonly Registry[]): NameValidation {
  const isUtf8 = ({ nameValidation }: Registry): boolean => nameValidation === 'utf8';
  return registers.length > 0 && registers.every(isUtf8) ? 'utf8' : 'legacy';
}

/** The registries of a metric with these options, in an array of its own. @internal */
export function registersOf({ registers }: MetricConfiguration<string>): Registry[] {
  return [...((registers as Registry[] | null | undefined) ?? [globalRegistry])];
}

/**
 * Refuses invalid options, in prom-client's order and words, before anything is stored.
 *
 * @param reserved The label that the samples of this class have for themselves.
 * @internal
 */
export function validateOptions(
  configuration: MetricConfiguration<string>,
  type: MetricType,
  reserved: string | undefined,
): void {
  if (configuration === null || typeof configuration !== 'object') {
    throw coded(new TypeError('constructor expected a config object'), 'MPMETRICS_BAD_ARGUMENT');
  }
  const { name, help, labelNames, collect, aggregator, expireAfterSeconds } = configuration;
  const refuse = (code: string, message: string): never => {
    throw coded(new Error(message), code);
  };
  if (!help) refuse('MPMETRICS_INVALID_HELP', 'Missing mandatory help parameter');
  if (!name) refuse('MPMETRICS_INVALID_NAME', 'Missing mandatory name parameter');
  const rule = nameRuleOf(registersOf(configuration));
  requireNames({ name }, rule);
  if (reserved !== undefined && !validateLabelNames([reserved], rule)) {
    refuse('MPMETRICS_INVALID_NAME', 'Invalid metric name: an enum has a label of its name');
  }
  requireNames({ name, labelNames: labelNames ?? [] }, rule);
  if (collect && typeof collect !== 'function') {
    refuse('MPMETRICS_BAD_ARGUMENT', 'Optional "collect" parameter must be a function');
  }
  if (reserved !== undefined && labelNames?.includes(reserved)) {
    refuse('MPMETRICS_INVALID_LABEL', `${reserved} is a reserved label keyword`);
  }
  const isForGauges = aggregator === 'shared' || aggregator === 'all';
  const isKnown = aggregator === undefined || AGGREGATORS.has(aggregator);
  if (!isKnown || (isForGauges && type !== 'gauge')) {
    refuse('MPMETRICS_BAD_ARGUMENT', `'${String(aggregator)}' is not a defined aggregator.`);
  }
  if (aggregator === 'all' && labelNames?.includes(PID)) {
    refuse('MPMETRICS_INVALID_LABEL', `${PID} is a reserved label keyword of the aggregator 'all'`);
  }
  if (expireAfterSeconds !== undefined && !isDuration(expireAfterSeconds)) {
    refuse('MPMETRICS_BAD_ARGUMENT', 'expireAfterSeconds must be a number of seconds above 0');
  }
  validateLabelValues(configuration);
  const { exemplars } = configuration as ExemplarOptions;
  const canHaveExemplars = type === 'counter' || type === 'histogram';
  if (exemplars !== undefined && !(canHaveExemplars && exemplars === 'trace')) {
    refuse('MPMETRICS_BAD_ARGUMENT', "exemplars of counters and histograms can be 'trace'");
  }
}

function validateLabelValues({ labelValues, labelNames = [] }: MetricConfiguration<string>): void {
  if (labelValues === undefined) return;
  const functions: [string, unknown][] = Object.entries(labelValues ?? {});
  const wrong = functions.find(
    ([name, act]) => typeof act !== 'function' || !labelNames.includes(name),
  );
  if (wrong === undefined && typeof labelValues === 'object' && labelValues !== null) return;
  const message = 'labelValues must be an object with a function for each of some declared labels';
  throw coded(new TypeError(message), 'MPMETRICS_BAD_ARGUMENT');
}

function isDuration(seconds: unknown): boolean {
  return typeof seconds === 'number' && seconds > 0 && seconds < Infinity;
}

/**
 * The options of a metric with one value for all processes. The aggregator is `first`, because prom-client's JSON of
 * each process has the same value.
 * @internal
 */
export function withFirst<Configuration extends object>(
  configuration: Configuration,
): Configuration & { aggregator: 'first' } {
  // Other types are refused elsewhere.
  return typeof configuration === 'object' && configuration !== null
    ? { ...configuration, aggregator: 'first' }
    : configuration;
}

/** An option by which metrics of one class may differ. @internal */
export interface Distinction {
  /** The name of the metric's property with its value. */
  property: string;
  /** The value in these options. */
  value: unknown;
  /** The name of the option, for a message. */
  words: string;
}

/**
 * The metric of that name in the first registry of these options; undefined if there is none. Throws an
 * `MpmetricsError` if it has other options. Help text and `collect` may differ.
 *
 * @internal
 */
export function existing<Found extends object>(
  Class: abstract new (...args: never[]) => Found,
  configuration: MetricConfiguration<string>,
  distinctions: readonly Distinction[] = [],
): Found | undefined {
  if (configuration === null || typeof configuration !== 'object') return undefined;
  const { name, labelNames = [], aggregator = 'sum', unit = '' } = configuration;
  const { expireAfterSeconds = 0, enableExemplars = false } = configuration;
  const { exemplars } = configuration as ExemplarOptions;
  const found = registersOf(configuration)[0]?.getSingleMetric(name) as unknown;
  if (found === undefined) return undefined;
  const known = found as Record<string, unknown>;
  const differences: [boolean, string][] = [
    [!isSameKind(found, Class), 'as a metric of another kind'],
    [!same(known['labelNames'], labelNames), 'with other labelNames'],
    [known['unit'] !== unit, 'with another unit'],
    [known['aggregator'] !== aggregator, 'with another aggregator'],
    [known['expireAfterSeconds'] !== expireAfterSeconds, 'with another expireAfterSeconds'],
    [!same(known['enableExemplars'], enableExemplars), 'with another enableExemplars'],
    [known['exemplars'] !== exemplars, 'with other exemplars'],
    ...distinctions.map(({ property, value, words }): [boolean, string] => [
      !same(known[property], value),
      `with other ${words}`,
    ]),
  ];
  const difference = differences.find(([differs]) => differs);
  if (difference === undefined) return found as Found;
  throw new MpmetricsError(
    'MPMETRICS_ALREADY_REGISTERED',
    `A metric with the name ${name} has already been registered ${difference[1]}.`,
  );
}

/** Whether a metric has that class, in any copy of the package. */
function isSameKind(found: unknown, Class: abstract new (...args: never[]) => object): boolean {
  if (found instanceof Class) return true;
  if (!isOwn(found)) return false;
  for (let at: unknown = found; at !== null; at = Object.getPrototypeOf(at)) {
    if ((at as object).constructor.name === Class.name) return true;
  }
  return false;
}

/** Whether two options are equal values, or have equal items. A falsy value counts as absent. */
function same(one: unknown, other: unknown): boolean {
  const [items, others] = [itemsOf(one), itemsOf(other)];
  if (items === null || others === null) return one === other || (!one && !other);
  return items.length === others.length && items.every((item, index) => item === others[index]);
}

/** The items of a list, or of options in their order. */
function itemsOf(option: unknown): unknown[] | null {
  return typeof option === 'object' && option !== null ? Object.values(option) : null;
}
