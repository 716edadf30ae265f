// The values of one label, each with a number: what a row of the table of series is made of.

import { isConstant, labelText } from './labels';

/** The number of a label that was not given. @internal */
export const ABSENT = 0;
/** No number, no row. @internal */
export const NONE = -1;

/**
 * The values that one label has had, each with a number.
 *
 * The last answer is not kept: to compare a text with another one of the same length takes half a look-up, so that what
 * it spares where a label has one value is lost where it has two.
 * @internal
 */
export class Values {
  readonly #numbers = new Map<unknown, number>([[undefined, ABSENT]]);
  /** By number, as they were first given. */
  readonly #given: unknown[] = [undefined];

  /** The number of a value as it is; it may be known in another type. */
  get(value: unknown): number {
    return this.#numbers.get(value) ?? NONE;
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
