// The values of one label, each with a number: what a row of the table of series is made of.

import { labelText } from './labels';

/** The number of a label that was not given. @internal */
export const ABSENT = 0;
/** No number, no row. @internal */
export const NONE = -1;
/** No label value: what was looked up before the first look-up. */
const NOTHING = Symbol('nothing');
/** An answer is remembered at every so many look-ups, less 1: a power of two less 1. */
const PATIENCE = 7;

/**
 * The values that one label has had, each with a number.
 *
 * An answer is kept: many calls ask for what was asked for before, and a comparison is several times faster than a look-up.
 * It is not replaced at each miss, since that costs half a look-up, for nothing where values alternate.
 * @internal
 */
export class Values {
  readonly #numbers = new Map<unknown, number>([[undefined, ABSENT]]);
  /** By number, as they were first given. */
  readonly #given: unknown[] = [undefined];
  #last: unknown = NOTHING;
  #lastNumber = NONE;
  #misses = 0;

  /** The number of a value as it is; it may be known in another type. */
  get(value: unknown): number {
    if (value === this.#last) return this.#lastNumber;
    const number = this.#numbers.get(value);
    if (number === undefined) return NONE;
    this.#misses = (this.#misses + 1) & PATIENCE;
    if (this.#misses === 0) {
      this.#last = value;
      this.#lastNumber = number;
    }
    return number;
  }

  /** The number of a value whatever its type: 1 and '1' are printed alike, so they are one. */
  find(value: unknown): number {
    const found = this.get(value);
    if (found !== NONE || typeof value === 'string') return found;
    const same = this.#numbers.get(labelText(value)) ?? NONE;
    // Found faster the next time. Not for objects, which may say something else then.
    if (same !== NONE && isConstant(value)) this.#numbers.set(value, same);
    return same;
  }

  /** The number of a value, which gets one if it has none. */
  add(value: unknown): number {
    const found = this.find(value);
    if (found !== NONE) return found;
    const text = labelText(value);
    const number = this.#given.push(isConstant(value) ? value : text) - 1;
    this.#numbers.set(text, number);
    if (value !== text && isConstant(value)) this.#numbers.set(value, number);
    return number;
  }

  /** The value with that number. */
  at(number: number): unknown {
    return this.#given[number];
  }
}

/** Whether a value is printed alike at all times. */
function isConstant(value: unknown): boolean {
  return typeof value !== 'object' && typeof value !== 'function';
}
