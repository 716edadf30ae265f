// Exemplars: an example of what was counted, such as the trace of one request.

import { coded } from './errors';
import { hasOwn, labelText, validateLabelNames } from './labels';
import type { LabelSet } from './types';

/** As many characters as the labels may have together: OpenMetrics 1.0.0 says so, and prom-client's error. */
const MOST_CHARACTERS = 128;
/** As many names of labels are remembered: programs use few. */
const MOST_NAMES = 1000;

/** An exemplar as prom-client's JSON has it. @internal */
export interface Exemplar {
  labelSet: LabelSet;
  value: number;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** Names that labels can have. */
const names = new Set<string>();

/**
 * Makes an exemplar of now. Throws a `RangeError` when its labels are too long, and an `Error` for a name that no label
 * can have.
 * @internal
 */
export function exemplarOf(labelSet: LabelSet, value: number): Exemplar {
  let characters = 0;
  for (const name in labelSet) {
    if (!hasOwn(labelSet, name)) continue;
    if (!names.has(name)) learn(name);
    characters += name.length + labelText(labelSet[name]).length;
  }
  if (characters > MOST_CHARACTERS) {
    throw coded(
      new RangeError('Label set size must be smaller than 128 UTF-8 chars'),
      'MPMETRICS_INVALID_LABEL',
    );
  }
  return { labelSet, value, timestamp: Date.now() / 1000 };
}

/** Exemplars that this isolate has left, as if they had been read. @internal */
export function asRead(
  left: readonly (Exemplar | undefined)[] | null | undefined,
): (Exemplar | undefined)[] {
  const read = (exemplar: Exemplar | undefined): Exemplar | undefined =>
    exemplar && { ...exemplar, labelSet: { ...exemplar.labelSet } };
  return left?.map(read) ?? [];
}

function learn(name: string): void {
  if (!validateLabelNames([name])) {
    throw coded(new Error('Invalid label name'), 'MPMETRICS_INVALID_LABEL');
  }
  if (names.size < MOST_NAMES) names.add(name);
}
