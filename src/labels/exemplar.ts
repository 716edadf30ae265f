// Exemplars: an example of the counted events, such as the trace of one request.

import { coded } from '../errors';
import { constant, invalidLabelName, hasOwn, labelText, put, validateLabelNames } from './labels';
import type { LabelSet } from './label-set';

/** The most characters that the labels may have together, as OpenMetrics 1.0.0 and prom-client's error say. */
const MOST_CHARACTERS = 128;
/** The most label names that are remembered. Programs use few. */
const MOST_NAMES = 1000;
/** The first names of the usual exemplar are also kept in order, because a comparison is faster than a look-up. */
const MOST_USUAL = 8;

/** An exemplar as prom-client's JSON has it. @internal */
export interface Exemplar {
  labelSet: LabelSet;
  value: number;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** The most label sets that are remembered because some value is no text. Trace ids are text. */
const MOST_TYPED = 1000;

/** Names that labels can have. */
const names = new Set<string>();
/**
 * Label sets with values that are no text, by their printed labels. A scrape returns text, and this map restores the
 * types.
 */
const typed = new Map<string, LabelSet>();
/** The label names of the last exemplar, in order. Nearly all exemplars of a program have the same names. */
const usual: string[] = [];

/**
 * Makes an exemplar of now. Throws a `RangeError` when its labels are too long, and an `Error` for a name that no label
 * can have.
 * @internal
 */
export function exemplarOf(given: LabelSet, observed: number): Exemplar {
  // Each label is read once. The exemplar keeps the value of this moment.
  const labelSet: Record<string, unknown> = { ...given };
  let characters = 0;
  let count = 0;
  let isText = true;
  for (const name in labelSet) {
    if (!hasOwn(labelSet, name)) continue;
    if (usual[count] !== name) learn(name, count);
    count += 1;
    let value = labelSet[name];
    if (typeof value !== 'string') {
      isText = false;
      labelSet[name] = value = constant(value);
    }
    characters += name.length + labelText(value).length;
  }
  if (characters > MOST_CHARACTERS) {
    throw coded(
      new RangeError('Label set size must be smaller than 128 UTF-8 chars'),
      'MPMETRICS_INVALID_LABEL',
    );
  }
  if (!isText) remember(labelSet);
  return { labelSet, value: observed, timestamp: Date.now() / 1000 };
}

/**
 * The labels of an exemplar that was read, given as names and values in turn. All values are text, unless this isolate
 * has stored an exemplar with the same printed labels: then its own values are returned.
 * @internal
 */
export function labelSetRead(pairs: readonly string[]): LabelSet {
  const given = typed.size > 0 ? typed.get(JSON.stringify(pairs)) : undefined;
  if (given !== undefined) return { ...given };
  const labels: Record<string, unknown> = {};
  for (let index = 0; index < pairs.length; index += 2) {
    put(labels, pairs[index] as string, pairs[index + 1]);
  }
  return labels;
}

function remember(labelSet: LabelSet): void {
  const pairs = Object.entries(labelSet).flatMap(([name, value]) => [name, labelText(value)]);
  const key = JSON.stringify(pairs);
  // Deleted first, so that the entry becomes the newest one.
  typed.delete(key);
  typed.set(key, { ...labelSet });
  if (typed.size > MOST_TYPED) typed.delete(typed.keys().next().value as string);
}

/** Whether an exemplar has any labels. @internal */
export function hasLabels({ labelSet }: Exemplar): boolean {
  for (const name in labelSet) if (hasOwn(labelSet, name)) return true;
  return false;
}

/** Copies of the exemplars that this isolate has stored, in the form in which a scrape returns exemplars. @internal */
export function asRead(
  left: readonly (Exemplar | undefined)[] | null | undefined,
): (Exemplar | undefined)[] {
  const read = (exemplar: Exemplar | undefined): Exemplar | undefined =>
    exemplar && { ...exemplar, labelSet: { ...exemplar.labelSet } };
  return left?.map(read) ?? [];
}

/** Refuses an invalid label name. Remembers a valid name, and its position in an exemplar. */
function learn(name: string, index: number): void {
  if (!names.has(name) && !validateLabelNames([name])) throw invalidLabelName();
  if (names.size < MOST_NAMES) names.add(name);
  if (index < MOST_USUAL) usual[index] = name;
}
