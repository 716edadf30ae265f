// Labels: checks of their names, and label sets from the arguments of users.

import { inspect } from 'util';
import { coded } from '../errors';
import type { LabelSet } from './label-set';

/**
 * The rule for the names of metrics and labels. `legacy`: letters, digits and `_`, no digit first, and `:` in names of metrics.
 * `utf8`: any text that is not empty.
 */
export type NameValidation = 'legacy' | 'utf8';

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Whether Prometheus takes that as the name of a metric.
 *
 * ```ts
 * validateMetricName('http_requests_total'); // true
 * validateMetricName('http-requests'); // false
 * ```
 */
export function validateMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}

/** Whether the name of a metric keeps that rule. */
function isMetricName(name: string, rule: NameValidation): boolean {
  return validateMetricName(name) || (rule === 'utf8' && isText(name));
}

/** Whether all names of labels keep that rule. @internal */
export function validateLabelNames(
  names: readonly string[] = [],
  rule: NameValidation = 'legacy',
): boolean {
  return names.every((name) => LABEL_NAME.test(name) || (rule === 'utf8' && isText(name)));
}

/** Half a surrogate pair is no text, and no UTF-8 either. */
function isText(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && !/\p{Surrogate}/u.test(name);
}

/** The name of a label before its value. A name that the legacy rule refuses is quoted. @internal */
export function labelNameText(name: string): string {
  return LABEL_NAME.test(name) ? name : `"${escaped(name)}"`;
}

/** Refuses a metric whose names break the rule, in prom-client's words. @internal */
export function requireNames(
  { name, labelNames }: { readonly name: string; readonly labelNames?: readonly string[] },
  rule: NameValidation,
): void {
  if (!isMetricName(name, rule)) {
    throw coded(new Error('Invalid metric name'), 'MPMETRICS_INVALID_NAME');
  }
  requireLabelNames(labelNames, rule);
}

/** The label of a family's overflow series, which counts for the series that cannot be made. @internal */
export const OVERFLOW_LABEL = 'otel_metric_overflow';

/**
 * Refuses names that no label of a series can have: names that break the rule, and the name of the overflow series'
 * label. Series with that label would be taken for overflow series, for which no limit holds.
 * @internal
 */
export function requireLabelNames(names: readonly string[] = [], rule?: NameValidation): void {
  if (!validateLabelNames(names, rule)) throw invalidLabelName();
  if (!names.includes(OVERFLOW_LABEL)) return;
  const message = `${OVERFLOW_LABEL} is a reserved label keyword`;
  throw coded(new Error(message), 'MPMETRICS_INVALID_LABEL');
}

/** The error for an invalid label name, in prom-client's words. @internal */
export function invalidLabelName(): Error {
  return coded(new Error('Invalid label name'), 'MPMETRICS_INVALID_LABEL');
}

/** The error for a label's value that cannot be printed, in the words of the language. @internal */
export function invalidLabelValue(): TypeError {
  const message = 'Cannot convert a Symbol value to a string';
  return coded(new TypeError(message), 'MPMETRICS_INVALID_LABEL');
}

/** The error for a label whose name was not declared, in prom-client's words. @internal */
export function undeclaredLabel(names: readonly string[], name: string): Error {
  const declared = inspect([...names]);
  return coded(
    new Error(`Added label "${name}" is not included in initial labelset: ${declared}`),
    'MPMETRICS_INVALID_LABEL',
  );
}

/** Refuses labels that the metric has not declared. @internal */
export function validateLabels(
  names: readonly string[],
  labels: object | string | null | undefined,
): void {
  for (const name of Object.keys(labels ?? {})) {
    if (!names.includes(name)) throw undeclaredLabel(names, name);
  }
}

/** By a copy of labels whose values were objects: the labels with these objects. */
const objects = new WeakMap<LabelSet, LabelSet>();

/** A copy of labels. Each label is read and printed once. Inherited properties are omitted. @internal */
export function copied(labels: object | null | undefined): LabelSet {
  return printable({ ...labels });
}

/** The same labels, with the text of each value whose text could change later. @internal */
export function printable(read: LabelSet): LabelSet {
  let isPlain = true;
  // A loop, since a list of the values would cost more than the rest. The object is a copy without inherited properties.
  for (const name in read) isPlain &&= isConstant(read[name]);
  if (isPlain) return read;
  const labels: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(read)) put(labels, name, constant(value));
  objects.set(labels, read);
  return labels;
}

/** The labels as they were given. An exposition prints texts, while data returns the objects. @internal */
export function asGiven(labels: LabelSet): LabelSet {
  return objects.get(labels) ?? labels;
}

/** Defines an own property of any name, `__proto__` included. @internal */
export function put(labels: Record<string, unknown>, name: string, value: unknown): void {
  // An assignment would set the prototype.
  if (name !== '__proto__') labels[name] = value;
  else Object.defineProperty(labels, name, { value, ...PLAIN });
}

const PLAIN = { enumerable: true, configurable: true, writable: true };

/**
 * The label set that the arguments of `labels(…)` or `remove(…)` mean: one object, or one value for each label name.
 * @internal
 */
export function labelsFrom(names: readonly string[], given: readonly unknown[]): LabelSet {
  const [first] = given;
  if (typeof first === 'object') return copied(first);
  if (names.length !== given.length) {
    throw coded(
      new Error(
        `Invalid number of arguments (${given.length}): "${given.join(', ')}" for label names ` +
          `(${names.length}): "${names.join(', ')}".`,
      ),
      'MPMETRICS_INVALID_LABEL',
    );
  }
  const labels: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) {
    put(labels, names[index] as string, given[index]);
  }
  return printable(labels);
}

/** As `labelsFrom`. Throws for a label that was not declared. @internal */
export function validLabelsFrom(names: readonly string[], given: readonly unknown[]): LabelSet {
  const labels = labelsFrom(names, given);
  validateLabels(names, labels);
  return labels;
}

/** Whether no label has a value. @internal */
export function isUnlabelled(labels: LabelSet): boolean {
  return Object.values(labels).every((value) => value === undefined);
}

/** The labels without the label of that name. @internal */
export function without(labels: LabelSet, name: string | undefined): LabelSet {
  if (name === undefined || !Object.hasOwn(labels, name)) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([other]) => other !== name));
}

const { hasOwnProperty } = Object.prototype;

/** As `Object.hasOwn`, in a form that V8 optimizes inside loops over names. @internal */
export function hasOwn(labels: object, name: string): boolean {
  return hasOwnProperty.call(labels, name);
}

/** A label's value as it is printed. @internal */
export function labelText(value: unknown): string {
  // String() would print a symbol instead of throwing.
  return typeof value === 'string' ? value : `${value as string}`;
}

/** A label value whose text cannot change: an object is replaced by its text. @internal */
export function constant(value: unknown): unknown {
  return isConstant(value) ? value : labelText(value);
}

/** Whether a value prints alike at all times. @internal */
export function isConstant(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** Characters that must be escaped. */
const SPECIAL = /["\\\n]/;

/** The text of a label value as it is printed between quotation marks. @internal */
export function escaped(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
