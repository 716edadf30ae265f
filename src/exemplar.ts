// Exemplars: an example of what was counted, such as the trace of one request.

import { coded } from './errors';
import type { LabelSet } from './types';

/** As many characters as an exemplar's labels may have together. */
const MOST_CHARACTERS = 128;

/** An exemplar as prom-client's JSON has it. @internal */
export interface Exemplar {
  labelSet: LabelSet;
  value: number;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** Makes an exemplar of now. Throws a `RangeError` when its labels are too long. @internal */
export function exemplarOf(labelSet: LabelSet, value: number): Exemplar {
  const text = Object.entries(labelSet).map(([name, label]) => `${name}${label as string}`);
  if (text.join('').length > MOST_CHARACTERS) {
    throw coded(
      new RangeError('Label set size must be smaller than 128 UTF-8 chars'),
      'MPMETRICS_INVALID_LABEL',
    );
  }
  return { labelSet: { ...labelSet }, value, timestamp: Date.now() / 1000 };
}
