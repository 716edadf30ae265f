// Exemplars: an example of what was counted, such as the trace of one request.

import { coded } from './errors';
import { escaped, labelText, validateLabelNames } from './labels';
import type { LabelSet } from './types';

/** As many characters as an exemplar's labels may have together. */
const MOST_CHARACTERS = 128;
/** The beginnings of as many labels are remembered: programs use few names. */
const MOST_NAMES = 1000;

/** An exemplar as prom-client's JSON has it. @internal */
export interface Exemplar {
  labelSet: LabelSet;
  value: number;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** An exemplar on its way into a cell. @internal */
export interface NewExemplar extends Exemplar {
  /** The labels as they are printed: `trace_id="…",span_id="…"`. */
  readonly text: string;
}

/** What comes before the value of a label, by its name. */
const beginnings = new Map<string, string>();

/**
 * Makes an exemplar of now. Throws a `RangeError` when its labels are too long, and an `Error` for a name that no label
 * can have.
 * @internal
 */
export function exemplarOf(labelSet: LabelSet, value: number): NewExemplar {
  let text = '';
  let characters = 0;
  for (const name in labelSet) {
    if (!Object.hasOwn(labelSet, name)) continue;
    const beginning = beginnings.get(name) ?? beginningOf(name);
    const label = labelText(labelSet[name]);
    characters += name.length + label.length;
    if (text !== '') text += ',';
    text += `${beginning}${escaped(label)}"`;
  }
  if (characters > MOST_CHARACTERS) {
    throw coded(
      new RangeError('Label set size must be smaller than 128 UTF-8 chars'),
      'MPMETRICS_INVALID_LABEL',
    );
  }
  return { labelSet, value, timestamp: Date.now() / 1000, text };
}

/** Exemplars that this isolate has left, as if they had been read. @internal */
export function asRead(
  left: readonly (NewExemplar | undefined)[] | null | undefined,
): (Exemplar | undefined)[] {
  const read = (exemplar: NewExemplar | undefined): Exemplar | undefined => {
    if (exemplar === undefined) return undefined;
    const { labelSet, value, timestamp } = exemplar;
    return { labelSet: { ...labelSet }, value, timestamp };
  };
  return left?.map(read) ?? [];
}

function beginningOf(name: string): string {
  if (!validateLabelNames([name])) {
    throw coded(new Error('Invalid label name'), 'MPMETRICS_INVALID_LABEL');
  }
  const beginning = `${name}="`;
  if (beginnings.size < MOST_NAMES) beginnings.set(name, beginning);
  return beginning;
}
