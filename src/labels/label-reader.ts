// Finds the row of a label set: by a loop over the labels, or by a function that is compiled for their names.

import { ABSENT, NONE, type Values } from './label-values';
import { hasOwn } from './labels';
import type { LabelSet } from './label-set';

/** The result for labels whose names are not exactly the declared ones. Their values were not read. @internal */
export const UNREAD = -2;

/** The function is compiled after this many found rows. For a metric with few updates, compiling would never pay. */
const WARM_UP = 500;
/** A label's numbers below this are compared one by one. 0 is the number of an absent label. */
const FEW = 8;
const FEW_BITS = 3;
/** With more labels, an array of rows by combinations of numbers would be too large. */
const MOST_DENSE_LABELS = 3;
/** The most labels: each has a bit of a small integer. */
const MOST_LABELS = 30;
/** A multiplier that spreads consecutive numbers over all 32 bits. */
const SPREAD = 0x9e37_79b1;

/** The rows of a table by the numbers of their values. @internal */
export interface Rows {
  /** The row whose values have those numbers, or -1. */
  rowOf(hash: number, numbers: ArrayLike<number>): number;
  /** Keeps the values of a label set that has no row, since each label is read once. Returns -1. */
  miss(values: readonly unknown[]): number;
}

type Find = (labels: LabelSet) => number;
type Learn = (label: number, number: number, value: unknown) => void;
/** Arguments of the factory that is compiled: the function needs them. */
type Factory = (
  hasOwnProperty: typeof Object.prototype.hasOwnProperty,
  values: readonly Values[],
  dense: Int32Array | null,
  rows: Rows,
  look: (label: number, value: unknown) => number,
  row: (numbers: readonly number[], values: readonly unknown[]) => number,
) => [Find, Learn];

/** The hash of some numbers and one more. @internal */
export function spread(hash: number, number: number): number {
  return Math.imul(hash ^ (hash >>> 15) ^ number, SPREAD);
}

/**
 * Finds the rows of label sets.
 *
 * Only own properties are labels, and each must have a declared name. All values are read before any is looked up,
 * since a getter may run code that looks up other labels.
 *
 * The compiled function loads each label by a constant name, and compares the value with the first few values of that
 * label: the engine compares literals by their addresses, in half the time of a look-up in a `Map`. While all labels
 * have few values, an array remembers the row of each combination.
 * @internal
 */
export class LabelReader {
  /** The row of labels: -1 if no row has them, or `UNREAD`. */
  find: Find = (labels) => this.#findByLoop(labels);
  readonly #names: readonly string[];
  readonly #values: readonly Values[];
  readonly #rows: Rows;
  #found = 0;
  /** Whether each label has many values. */
  readonly #hasMany: boolean[];
  /** The rows plus 1 by combinations of numbers; null when there are too many. */
  #dense: Int32Array | null = null;
  #learn: Learn | null = null;

  constructor(names: readonly string[], values: readonly Values[], rows: Rows) {
    this.#names = names;
    this.#values = values;
    this.#rows = rows;
    this.#hasMany = names.map(() => false);
  }

  /** Forgets the found rows, because a row was removed. */
  forget(): void {
    this.#dense?.fill(0);
  }

  #findByLoop(labels: LabelSet): number {
    const names = this.#names;
    let index = 0;
    for (const name in labels) {
      if (name !== names[index] || !hasOwn(labels, name)) return UNREAD;
      index += 1;
    }
    if (index !== names.length) return UNREAD;
    const values = names.map((name) => labels[name]);
    const numbers = values.map((value, label) => (this.#values[label] as Values).get(value));
    const row = this.#find(numbers, values);
    if (row !== NONE && (this.#found += 1) === WARM_UP) this.#compile();
    return row;
  }

  /** The row of values that were read, from their numbers. */
  #find(numbers: readonly number[], values: readonly unknown[]): number {
    if (numbers.some((number) => number <= ABSENT)) return this.#rows.miss(values);
    const row = this.#rows.rowOf(numbers.reduce(spread, 0), numbers);
    if (row === NONE) return this.#rows.miss(values);
    const dense = this.#dense;
    if (dense !== null) {
      dense[numbers.reduce((key, number) => (key << FEW_BITS) | number, 0)] = row + 1;
    }
    return row;
  }

  /** The number of a value that the compiled function does not compare itself. */
  #look(label: number, value: unknown): number {
    const number = (this.#values[label] as Values).get(value);
    if (number < FEW) {
      if (number > ABSENT) this.#learn?.(label, number, value);
    } else if (this.#hasMany[label] === false) {
      this.#compile();
    }
    return number;
  }

  /** Compiles the function. If the runtime forbids that, the loop stays in use. */
  #compile(): void {
    const names = this.#names;
    if (names.length === 0 || names.length > MOST_LABELS) return;
    for (const [label, values] of this.#values.entries()) this.#hasMany[label] = values.size > FEW;
    const isDense = names.length <= MOST_DENSE_LABELS && !this.#hasMany.includes(true);
    this.#dense = isDense ? new Int32Array(FEW ** names.length) : null;
    let factory: Factory;
    try {
      // The names are written as JSON, so none of them can be code.
      factory = new Function(
        'hasOwnProperty',
        'values',
        'dense',
        'rows',
        'look',
        'row',
        sourceOf(names, this.#hasMany, isDense),
      ) as Factory;
    } catch {
      return;
    }
    const { hasOwnProperty } = Object.prototype;
    [this.find, this.#learn] = factory(
      hasOwnProperty,
      this.#values,
      this.#dense,
      this.#rows,
      (label, value) => this.#look(label, value),
      (numbers, values) => this.#find(numbers, values),
    );
  }
}

/** The source of a factory of the function. */
function sourceOf(names: readonly string[], hasMany: readonly boolean[], isDense: boolean): string {
  const labels = names.map((name, label) => ({ name: JSON.stringify(name), label }));
  const few = labels.filter(({ label }) => hasMany[label] === false);
  const numbers = Array.from({ length: FEW - 1 }, (_, index) => index + 1);
  const known = few.flatMap(({ label }) => numbers.map((number) => `v${label}_${number}`));
  const all = labels.map(({ label }) => `n${label}`).join(', ');
  const read = labels.map(({ label }) => `v${label}`).join(', ');
  return `
    'use strict';
    ${labels.map(({ label }) => `const values${label} = values[${label}];`).join('\n')}
    const none = {};
    const sought = new Int32Array(${names.length});
    ${known.map((slot) => `let ${slot} = none;`).join('\n')}
    function learn(label, number, value) {
      switch (label * ${FEW} + number) {
        ${few.flatMap(({ label }) => numbers.map((number) => `case ${label * FEW + number}: v${label}_${number} = value; break;`)).join('\n')}
      }
    }
    function find(labels) {
      let names = 0;
      for (const name in labels) {
        ${labels.map(({ name, label }) => `if (name === ${name}) names |= ${1 << label};`).join(' else ')}
        else return ${UNREAD};
        if (!hasOwnProperty.call(labels, name)) return ${UNREAD};
      }
      if (names !== ${2 ** names.length - 1}) return ${UNREAD};
      const ${labels.map(({ name, label }) => `v${label} = labels[${name}]`).join(', ')};
      ${labels.map(({ label }) => numberOf(label, hasMany[label] ? [] : numbers)).join('\n')}
      ${isDense ? lookUpDense(names.length) : lookUpHashed(names.length)}
      return row([${all}], [${read}]);
    }
    return [find, learn];`;
}

/** Statements that find the number of a value. */
function numberOf(label: number, known: readonly number[]): string {
  if (known.length === 0) return `const n${label} = values${label}.get(v${label});`;
  const compared = known.map((number) => `v${label} === v${label}_${number} ? ${number}`);
  return `const n${label} = ${compared.join(' : ')} : look(${label}, v${label});`;
}

/** Statements that find the row by the combination of a few numbers. */
function lookUpDense(length: number): string {
  const labels = Array.from({ length }, (_, label) => label);
  const areFew = labels.map((label) => `n${label} > 0 && n${label} < ${FEW}`).join(' && ');
  const key = labels.map((label) => `n${label} << ${FEW_BITS * (length - 1 - label)}`).join(' | ');
  return `if (${areFew}) { const found = dense[${key}]; if (found > 0) return found - 1; }`;
}

/** Statements that find the row by the hash of the numbers. */
function lookUpHashed(length: number): string {
  const labels = Array.from({ length }, (_, label) => label);
  const areKnown = labels.map((label) => `n${label} > 0`).join(' && ');
  const kept = labels.map((label) => `sought[${label}] = n${label};`).join(' ');
  const hash = labels.map(
    (label) => `hash = Math.imul(hash ^ (hash >>> 15) ^ n${label}, ${SPREAD});`,
  );
  return `if (${areKnown}) {
    let hash = 0; ${hash.join(' ')} ${kept}
    const found = rows.rowOf(hash, sought); if (found >= 0) return found;
  }`;
}
