// Exemplars: an example of what was counted, such as the trace of one request.

import { coded } from '../errors';
import { constant, invalidLabelName, hasOwn, labelText, put, validateLabelNames } from './labels';
import type { LabelSet } from './label-set';

/** As many characters as the labels may have together: OpenMetrics 1.0.0 says so, and prom-client's error. */
const MOST_CHARACTERS = 128;
/** As many names of labels are remembered: programs use few. */
const MOST_NAMES = 1000;
/** … and as many of one exemplar by their positions, since a comparison is faster than a look-up. */
const MOST_USUAL = 8;

/** An exemplar as prom-client's JSON has it. @internal */
export interface Exemplar {
  labelSet: LabelSet;
  value: number;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** As many sets of labels that are not all text are remembered: those of traces are text. */
const MOST_TYPED = 1000;

/** Names that labels can have. */
const names = new Set<string>();
/** Labels that are not all text, by what they come back as: the latest that this isolate has left. */
const typed = new Map<string, LabelSet>();
/** The names of the last exemplar that had others than the one before: nearly all have the same. */
const usual: string[] = [];

/**
 * Makes an exemplar of now. Throws a `RangeError` when its labels are too long, and an `Error` for a name that no label
 * can have.
 * @internal
 */
export function exemplarOf(given: LabelSet, observed: number): Exemplar {
  // Each label is read once, and stays as it is now.
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
 * The labels of an exemplar that was read, as names and values in turn. They come back as text; as this isolate has given
 * them, where it has given labels that print so.
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
  // Behind all others, as the latest.
  typed.delete(key);
  typed.set(key, { ...labelSet });
  if (typed.size > MOST_TYPED) typed.delete(typed.keys().next().value as string);
}

/** Whether an exemplar has any labels. @internal */
export function hasLabels({ labelSet }: Exemplar): boolean {
  for (const name in labelSet) if (hasOwn(labelSet, name)) return true;
  return false;
}

/** Exemplars that this isolate has left, as if they had been read. @internal */
export function asRead(
  left: readonly (Exemplar | undefined)[] | null | undefined,
): (Exemplar | undefined)[] {
  const read = (exemplar: Exemplar | undefined): Exemplar | undefined =>
    exemplar && { ...exemplar, labelSet: { ...exemplar.labelSet } };
  return left?.map(read) ?? [];
}

/** Refuses a name that no label can have, and remembers one that comes first, second, … in an exemplar. */
function learn(name: string, index: number): void {
  if (!names.has(name) && !validateLabelNames([name])) throw invalidLabelName();
  if (names.size < MOST_NAMES) names.add(name);
  if (index < MOST_USUAL) usual[index] = name;
}
