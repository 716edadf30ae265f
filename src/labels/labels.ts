// Labels: which are allowed, and what is meant by those that are given.

import { inspect } from 'util';
import { coded } from '../errors';
import type { LabelSet } from './label-set';

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

/** Whether Prometheus takes all of them as names of labels. @internal */
export function validateLabelNames(names: readonly string[] = []): boolean {
  return names.every((name) => LABEL_NAME.test(name));
}

/** The error for the name of a label that Prometheus does not take, in prom-client's words. @internal */
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

/** Refuses labels of which the name was not declared. @internal */
export function validateLabels(
  names: readonly string[],
  labels: object | string | null | undefined,
): void {
  for (const name of Object.keys(labels ?? {})) {
    if (!names.includes(name)) throw undeclaredLabel(names, name);
  }
}

/** Labels of which some were given as objects: as they were given. */
const objects = new WeakMap<LabelSet, LabelSet>();

/** A copy of labels, each of which is read once and prints alike from then on. Inherited properties are no labels. @internal */
export function copied(labels: object | null | undefined): LabelSet {
  return printable({ ...labels });
}

/** Labels that were read, with the text of each value that may print otherwise later. @internal */
export function printable(read: LabelSet): LabelSet {
  let isPlain = true;
  // A loop: a list of the values would take longer than all the rest. The object is a copy, and has them to itself.
  for (const name in read) isPlain &&= isConstant(read[name]);
  if (isPlain) return read;
  const labels: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(read)) put(labels, name, constant(value));
  objects.set(labels, read);
  return labels;
}

/** Labels as they were given: data has the objects of which an exposition has the text. @internal */
export function asGiven(labels: LabelSet): LabelSet {
  return objects.get(labels) ?? labels;
}

/** Gives an object a property of that name, whatever the name. @internal */
export function put(labels: Record<string, unknown>, name: string, value: unknown): void {
  // An assignment would set the prototype.
  if (name !== '__proto__') labels[name] = value;
  else Object.defineProperty(labels, name, { value, ...PLAIN });
}

const PLAIN = { enumerable: true, configurable: true, writable: true };

/** The labels that `labels(…)` and `remove(…)` mean, as an object of their own: given as one, or by a value each. @internal */
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

/** The same, refused unless all of them were declared. @internal */
export function validLabelsFrom(names: readonly string[], given: readonly unknown[]): LabelSet {
  const labels = labelsFrom(names, given);
  validateLabels(names, labels);
  return labels;
}

/** Whether no label has a value. @internal */
export function isUnlabelled(labels: LabelSet): boolean {
  return Object.values(labels).every((value) => value === undefined);
}

/** Labels without the one of that name, if they have it. @internal */
export function without(labels: LabelSet, name: string | undefined): LabelSet {
  if (name === undefined || !Object.hasOwn(labels, name)) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([other]) => other !== name));
}

const { hasOwnProperty } = Object.prototype;

/** `Object.hasOwn`, in words that V8 sees through where a loop goes over the names. @internal */
export function hasOwn(labels: object, name: string): boolean {
  return hasOwnProperty.call(labels, name);
}

/** A label's value as it is printed. @internal */
export function labelText(value: unknown): string {
  // Not String(): a symbol is an error.
  return typeof value === 'string' ? value : `${value as string}`;
}

/** A label's value that always prints alike. The text of an object may change. @internal */
export function constant(value: unknown): unknown {
  return isConstant(value) ? value : labelText(value);
}

/** Whether a value prints alike at all times. @internal */
export function isConstant(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}

/** What is not printed as it is. */
const SPECIAL = /["\\\n]/;

/** A label's text as it is printed between quotation marks. @internal */
export function escaped(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
