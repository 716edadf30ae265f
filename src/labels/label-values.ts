// The values of one label, each with a number. A row of the series table consists of such numbers.

import { isConstant, labelText } from './labels';

/** The number of a label that was not given. @internal */
export const ABSENT = 0;
/** No number, no row. @internal */
export const NONE = -1;

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

  /** The number of this very value. The same text may be known under another type. */
  get(value: unknown): number {
    return this.#numbers.get(value) ?? NONE;
  }

  /** The number of a value of any type: 1 and '1' print alike, so they are one value. */
  find(value: unknown): number {
    const found = this.get(value);
    if (found !== NONE || typeof value === 'string') return found;
    const same = this.#numbers.get(labelText(value)) ?? NONE;
    // The next look-up is faster. Objects are not remembered, because their text may change.
    if (same !== NONE && isConstant(value)) this.#numbers.set(value, same);
    return same;
  }

  /** The number of a value. A new value gets a new number. */
  add(value: unknown): number {
    const found = this.find(value);
    if (found !== NONE) return found;
    const text = labelText(value);
    const number = this.#given.push(isConstant(value) ? value : text) - 1;
    this.#numbers.set(text, number);
    if (value !== text && isConstant(value)) this.#numbers.set(value, number);
    return number;
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
