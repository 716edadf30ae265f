// Which series of a metric this isolate knows: from labels to a row of a table.

import { ABSENT, NONE, Values } from './label-values';
import { copied, hasOwn, put, validateLabels } from './labels';
import type { LabelSet } from './label-set';

/** What a row has before the numbers of its values: the hash of these with the bit below, or 0 once the series is gone. */
const HASH = 0;
/** The place of the series' entry in the writer's directory, and the generation that is bound; 0 where nothing is. */
const ENTRY = 1;
const GENERATION = 2;
const VALUES = 3;

/** The bit of a hash that says that there is a series. */
const THERE = 1;

/** No row, and no other way to look for one: a text that no series has. */
const UNKNOWN = -2;

/** As many slots has an empty table: a power of two, and its logarithm. */
const FEWEST_SLOTS = 4;
const FEWEST_BITS = 2;
/** Spreads numbers that follow each other over all 32 bits. */
const SPREAD = 0x9e37_79b1;

/**
 * The series that this isolate knows of a metric, in the order in which they came, and where each is bound.
 *
 * It is one array of numbers with an index by open addressing, since there may be a million of them: an object for each
 * would take ten times the memory, and the garbage collector's time. No text is put together, so no two sets of labels
 * can be mistaken for each other, and a look-up allocates nothing.
 * @internal
 */
export class SeriesTable {
  readonly #names: readonly string[];
  readonly #values: Values[];
  /** Words of a row. */
  readonly #stride: number;
  #rows: Int32Array;
  /** Row numbers plus 1, where their hash leads to or after that; 0 where there is none. */
  #slots = new Int32Array(FEWEST_SLOTS);
  #shift = 32 - FEWEST_BITS;
  #length = 0;
  #gone = 0;
  /** The labels of the last look-up that found none, as they were given and as they were read. */
  #missed: { readonly given: object; readonly own: LabelSet } | null = null;
  /** The numbers of the values that are looked for. */
  readonly #sought: Int32Array;
  /** Labels as they were given, where a row says too little: their order or types are others. */
  readonly #firstGiven = new Map<number, LabelSet>();

  /** An empty table for labels of those names. */
  constructor(names: readonly string[]) {
    this.#names = names;
    this.#values = names.map(() => new Values());
    this.#stride = VALUES + names.length;
    this.#sought = new Int32Array(names.length);
    this.#rows = new Int32Array(roomFor(FEWEST_SLOTS) * this.#stride);
  }

  /** How many rows there are, those of series that are gone included. */
  get length(): number {
    return this.#length;
  }

  /** How many rows of series that are gone there are. */
  get gone(): number {
    return this.#gone;
  }

  /** Whether the next series asks for a larger table. */
  get isFull(): boolean {
    return this.#length === roomFor(this.#slots.length);
  }

  /** The row of those labels, or -1. Throws for a label that was not declared. */
  find(labels: object): number {
    const row = this.#findInOrder(labels as LabelSet);
    if (row > NONE) return row;
    return row === UNKNOWN ? NONE : this.#findInAnyOrder(labels as LabelSet);
  }

  /** The row of labels that come in the order of declaration; or `UNKNOWN`, whatever their order. */
  #findInOrder(labels: LabelSet): number {
    const names = this.#names;
    const values = this.#values;
    const sought = this.#sought;
    let index = 0;
    let hash = 0;
    // One pass finds out whether all names are right and looks up the values on the way.
    for (const name in labels) {
      if (name !== names[index] || !hasOwn(labels, name)) return NONE;
      const value = labels[name];
      const number = (values[index] as Values).get(value);
      if (number <= ABSENT) {
        if (number !== NONE || typeof value !== 'string') return NONE;
        validateLabels(names, labels);
        return UNKNOWN;
      }
      sought[index] = number;
      hash = spread(hash, number);
      index += 1;
    }
    return index === names.length ? this.#rowOf(hash | THERE) : NONE;
  }

  /**
   * The row of those values, one for each name in the order of declaration, or -1: that also where a value is known in
   * another type.
   */
  findValues(values: readonly unknown[]): number {
    const { length } = this.#names;
    // An object has the labels in it.
    if (values.length !== length || typeof values[0] === 'object') return NONE;
    let hash = 0;
    for (let index = 0; index < length; index += 1) {
      const number = (this.#values[index] as Values).get(values[index]);
      if (number <= ABSENT) return NONE;
      this.#sought[index] = number;
      hash = spread(hash, number);
    }
    return this.#rowOf(hash | THERE);
  }

  #findInAnyOrder(labels: LabelSet): number {
    const names = this.#names;
    const own = copied(labels);
    validateLabels(names, own);
    // An object that is printed may run code that looks up other labels here. So all are printed first.
    const numbers = names.map((name, index) =>
      (this.#values[index] as Values).find(valueOf(own, name)),
    );
    if (numbers.includes(NONE)) {
      this.#missed = { given: labels, own };
      return NONE;
    }
    this.#sought.set(numbers);
    return this.#rowOf(this.#hash());
  }

  /** Labels as an object of their own. Those of the last look-up in vain were read then, and are not read again. */
  ownOf(labels: object): LabelSet {
    const missed = this.#missed;
    this.#missed = null;
    return missed?.given === labels ? missed.own : copied(labels);
  }

  /** Adds a row for labels that are valid, and have none. The table is not full. */
  add(labels: LabelSet): number {
    const names = this.#names;
    for (let index = 0; index < names.length; index += 1) {
      const value = valueOf(labels, names[index] as string);
      this.#sought[index] = (this.#values[index] as Values).add(value);
    }
    const row = this.#length;
    const at = row * this.#stride;
    const hash = this.#hash();
    this.#rows[at + HASH] = hash;
    this.#rows.set(this.#sought, at + VALUES);
    this.#length += 1;
    this.#enter(row, hash);
    if (!this.#isComplete(labels)) this.#firstGiven.set(row, { ...labels });
    return row;
  }

  /** Whether the numbers that were sought say all about labels. */
  #isComplete(labels: LabelSet): boolean {
    const names = this.#names;
    let index = 0;
    for (const name in labels) {
      const value = labels[name];
      while (index < names.length && names[index] !== name) index += 1;
      if (index === names.length || value === undefined) return false;
      if (this.#values[index]?.at(this.#sought[index] as number) !== value) return false;
      index += 1;
    }
    return true;
  }

  /** Takes a row away. Its number is not used again before the table is made anew. */
  delete(row: number): void {
    this.#rows[row * this.#stride + HASH] = 0;
    this.#firstGiven.delete(row);
    this.#gone += 1;
  }

  /** Whether a row's series has not been taken away. */
  has(row: number): boolean {
    return this.#rows[row * this.#stride + HASH] !== 0;
  }

  /** The labels of a row as they were given first. */
  labelsOf(row: number): LabelSet {
    const firstGiven = this.#firstGiven.get(row);
    if (firstGiven !== undefined) return firstGiven;
    const labels: Record<string, unknown> = {};
    const at = row * this.#stride + VALUES;
    for (let index = 0; index < this.#names.length; index += 1) {
      const number = this.#rows[at + index] as number;
      const value = (this.#values[index] as Values).at(number);
      if (number !== ABSENT) put(labels, this.#names[index] as string, value);
    }
    return labels;
  }

  /** Where a row's entry is in the writer's directory; 0: nowhere. */
  entryOf(row: number): number {
    return (this.#rows[row * this.#stride + ENTRY] as number) >>> 0;
  }

  /** The generation that a row is bound to; 0: none. */
  generationOf(row: number): number {
    return (this.#rows[row * this.#stride + GENERATION] as number) >>> 0;
  }

  /** Notes where a row is bound. */
  bind(row: number, entry: number, generation: number): void {
    this.#rows[row * this.#stride + ENTRY] = entry;
    this.#rows[row * this.#stride + GENERATION] = generation;
  }

  /** Makes room for as many rows again. */
  grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const rows = new Int32Array(roomFor(slots.length) * this.#stride);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#slots = slots;
    this.#shift -= 1;
    for (let row = 0; row < this.#length; row += 1) {
      const hash = rows[row * this.#stride + HASH] as number;
      if (hash !== 0) this.#enter(row, hash);
    }
  }

  /** The hash of the values that are sought, of a series that is there. */
  #hash(): number {
    let hash = 0;
    for (let index = 0; index < this.#sought.length; index += 1) {
      hash = spread(hash, this.#sought[index] as number);
    }
    return hash | THERE;
  }

  /** The row with the values that are sought, or -1. */
  #rowOf(hash: number): number {
    const slots = this.#slots;
    const rows = this.#rows;
    const sought = this.#sought;
    for (let slot = hash >>> this.#shift; ; slot = (slot + 1) & (slots.length - 1)) {
      const row = (slots[slot] as number) - 1;
      if (row === NONE) return row;
      const at = row * this.#stride;
      let equal = 0;
      if (rows[at + HASH] === hash) {
        while (equal < sought.length && rows[at + VALUES + equal] === sought[equal]) equal += 1;
        if (equal === sought.length) return row;
      }
    }
  }

  #enter(row: number, hash: number): void {
    const slots = this.#slots;
    let slot = hash >>> this.#shift;
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = row + 1;
  }
}

/** The hash of some numbers and one more. */
function spread(hash: number, number: number): number {
  return Math.imul(hash ^ (hash >>> 15) ^ number, SPREAD);
}

/** The value of a label of that name, whatever the name. */
function valueOf(labels: LabelSet, name: string): unknown {
  return hasOwn(labels, name) ? labels[name] : undefined;
}

/** How many rows there can be for so many slots: some of these have to stay free, so that a search ends. */
function roomFor(slots: number): number {
  return (slots / 4) * 3;
}
