// The values of one label, each with a number. A row of the series table consists of such numbers.

import { warn } from '../errors';
import { isConstant, labelText } from './labels';

/** The number of a label that was not given. @internal */
export const ABSENT = 0;
/** No number, no row. @internal */
export const NONE = -1;

/** Gives the value that a label gets instead of the given one. An error, or another result than a text, changes nothing. */
export type NormaliseValue = (value: string) => string;

/** The most given values whose normalised values are remembered. There may be any number of them. */
const MOST_REMEMBERED = 1000;

/**
 * The values that one label has had, each with a number.
 *
 * The last result is not cached. Comparing two texts of equal length takes half as long as a look-up, so a cache would
 * lose with two values what it gains with one.
 * @internal
 */
export class Values {
  readonly #numbers = new Map<unknown, number>([[undefined, ABSENT]]);
  /** By number: the value as it was first given. */
  readonly #given: unknown[] = [undefined];

  readonly #normalise: NormaliseValue | undefined;
  /** The last given value, and its normalised value. */
  #last: readonly [given: unknown, normalised: unknown] = [undefined, undefined];
  #remembered = 0;
  #hasWarned = false;

  /** No values yet. `normalise` must leave its own results unchanged. */
  constructor(normalise?: NormaliseValue) {
    this.#normalise = normalise;
  }

  /** Whether given values are normalised. */
  get isNormalised(): boolean {
    return this.#normalise !== undefined;
  }

  /** The number of this very value. The same text may be known under another type. */
  get(value: unknown): number {
    return this.#numbers.get(value) ?? NONE;
  }

  /** The number of a value of any type: 1 and '1' print alike, so they are one value. */
  find(value: unknown): number {
    const found = this.get(value);
    const isFinal = typeof value === 'string' && this.#normalise === undefined;
    if (found !== NONE || isFinal) return found;
    const normalised = this.normalised(value);
    const same = this.#numbers.get(labelText(normalised)) ?? NONE;
    if (same === NONE || !isConstant(value)) return same;
    // The next look-up is faster. Objects are not remembered, because their text may change.
    if (normalised !== value) {
      if (this.#remembered === MOST_REMEMBERED) return same;
      this.#remembered += 1;
    }
    this.#numbers.set(value, same);
    return same;
  }

  /** The number of a value. A new value gets a new number. */
  add(given: unknown): number {
    const found = this.find(given);
    if (found !== NONE) return found;
    const value = this.normalised(given);
    const text = labelText(value);
    const number = this.#given.push(isConstant(value) ? value : text) - 1;
    this.#numbers.set(text, number);
    if (value !== text && isConstant(value)) this.#numbers.set(value, number);
    return number;
  }

  /** The value that the label gets instead of the given one. Never throws. */
  normalised(value: unknown): unknown {
    if (this.#normalise === undefined || value === undefined) return value;
    if (this.#last[0] === value) return this.#last[1];
    let normalised: unknown;
    let problem: unknown = 'It did not return a text.';
    try {
      normalised = this.#normalise(labelText(value));
    } catch (error) {
      problem = error;
    }
    if (typeof normalised !== 'string') {
      normalised = value;
      this.#complain(problem);
    }
    this.#last = [value, normalised];
    return normalised;
  }

  #complain(problem: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    warn(
      'MPMETRICS_LABEL_VALUE',
      'A function of labelValues has failed. The label keeps the value that was given.',
      problem,
    );
  }

  /** How many numbers there are, `ABSENT` included. */
  get size(): number {
    return this.#given.length;
  }

  /** The value with that number. */
  at(number: number): unknown {
    return this.#given[number];
  }
}
