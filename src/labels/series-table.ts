// Which series of a metric this isolate knows: from labels to a row of a table.

import { ABSENT, NONE, Values } from './label-values';
import { validateLabels } from './labels';
import type { LabelSet } from './label-set';

/** What a row has before the numbers of its values: the hash of these with the bits below, or 0 once the series is gone. */
const HASH = 0;
/** The place of the series' entry in the writer's directory, and the generation that is bound; 0 where nothing is. */
const ENTRY = 1;
const GENERATION = 2;
const VALUES = 3;

/** The bit of a hash that says that there is a series … */
const THERE = 2;
/**
 * … and the one that says that it is shown as its numbers say. Where the labels that were given last are shown, the
 * quick way finds no others: so it need not ask whether what it was given is shown already.
 */
const PLAIN = 1;

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
  /** The numbers of the values that are looked for. */
  readonly #sought: Int32Array;
  /** Labels as they were given, where a row says too little: their order or types are others. */
  readonly #peculiar = new Map<number, LabelSet>();
  /** Labels that are shown and were not the first. */
  readonly #shown = new Map<number, LabelSet>();
  readonly #onShow: (() => void) | null;

  /**
   * An empty table for labels of those names.
   *
   * @param onShow Called when other labels are to be shown than before; null: no look-up has labels shown, only `show` has.
   */
  constructor(names: readonly string[], onShow: (() => void) | null = null) {
    this.#names = names;
    this.#onShow = onShow;
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

  /**
   * The row of those labels, or -1. Throws for a label that was not declared.
   *
   * @param isShown Whether they are to be shown from now on, in this order; for tables with `onShow`.
   */
  find(labels: object, isShown = false): number {
    const row = this.#findInOrder(labels as LabelSet);
    if (row > NONE) return row;
    return row === UNKNOWN ? NONE : this.#findInAnyOrder(labels as LabelSet, isShown);
  }

  /** Has the series with those labels shown with them from now on, in this order. It is known. */
  show(labels: LabelSet): void {
    this.#findInAnyOrder(labels, true);
  }

  /** The row of labels that come in the order of declaration, and are shown so; or `UNKNOWN`, whatever their order. */
  #findInOrder(labels: LabelSet): number {
    const names = this.#names;
    const values = this.#values;
    const sought = this.#sought;
    let index = 0;
    let hash = 0;
    // One pass finds out whether all names are right and looks up the values on the way.
    for (const name in labels) {
      if (name !== names[index]) return NONE;
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
    return index === names.length ? this.#rowOf(hash | THERE | PLAIN) : NONE;
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
    return this.#rowOf(hash | THERE | PLAIN);
  }

  /** The row of no labels, or -1: that also where it is shown with some, `{ x: undefined }` being none that print. */
  findUnlabelled(): number {
    this.#sought.fill(ABSENT);
    return this.#rowOf(this.#hash() | PLAIN);
  }

  #findInAnyOrder(labels: LabelSet, isShown: boolean): number {
    const names = this.#names;
    validateLabels(names, labels);
    for (let index = 0; index < names.length; index += 1) {
      const value = labels[names[index] as string];
      const number = (this.#values[index] as Values).find(value);
      if (number === NONE) return NONE;
      this.#sought[index] = number;
    }
    const hash = this.#hash();
    const plain = this.#rowOf(hash | PLAIN);
    const row = plain === NONE ? this.#rowOf(hash) : plain;
    if (isShown && row !== NONE) this.#show(row, labels);
    return row;
  }

  /** Has a row shown with those labels. They are those whose numbers are sought. */
  #show(row: number, labels: LabelSet): void {
    const at = row * this.#stride + HASH;
    const hash = this.#rows[at] as number;
    const isPlain = this.#isPlain(labels);
    if (this.#onShow !== null && isPlain && (hash & PLAIN) !== 0) return;
    if (isSame(labels, this.shownOf(row))) return;
    if (this.#onShow !== null) this.#rows[at] = isPlain ? hash | PLAIN : hash & ~PLAIN;
    if (isSame(labels, this.labelsOf(row))) this.#shown.delete(row);
    else this.#shown.set(row, { ...labels });
    this.#onShow?.();
  }

  /** Adds a row for labels that are valid, and have none. The table is not full. */
  add(labels: LabelSet): number {
    const names = this.#names;
    for (let index = 0; index < names.length; index += 1) {
      const value = labels[names[index] as string];
      this.#sought[index] = (this.#values[index] as Values).add(value);
    }
    const row = this.#length;
    const at = row * this.#stride;
    const hash = this.#hash();
    const isPlain = this.#isPlain(labels);
    this.#rows[at + HASH] = isPlain || this.#onShow === null ? hash | PLAIN : hash;
    this.#rows.set(this.#sought, at + VALUES);
    this.#length += 1;
    this.#enter(row, hash);
    if (!isPlain) this.#peculiar.set(row, { ...labels });
    return row;
  }

  /** Whether the numbers that were sought say all about labels. */
  #isPlain(labels: LabelSet): boolean {
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
    this.#peculiar.delete(row);
    this.#shown.delete(row);
    this.#gone += 1;
  }

  /** Whether a row's series has not been taken away. */
  has(row: number): boolean {
    return this.#rows[row * this.#stride + HASH] !== 0;
  }

  /** The labels of a row as they were given. */
  labelsOf(row: number): LabelSet {
    const peculiar = this.#peculiar.get(row);
    if (peculiar !== undefined) return peculiar;
    const labels: Record<string, unknown> = {};
    const at = row * this.#stride + VALUES;
    for (let index = 0; index < this.#names.length; index += 1) {
      const number = this.#rows[at + index] as number;
      const value = (this.#values[index] as Values).at(number);
      if (number !== ABSENT) labels[this.#names[index] as string] = value;
    }
    return labels;
  }

  /** The labels of a row as they are to be shown. */
  shownOf(row: number): LabelSet {
    return this.#shown.get(row) ?? this.labelsOf(row);
  }

  /** The rows that are to be shown with other labels than they were given first. */
  get relabelled(): Iterable<number> {
    return this.#shown.keys();
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

  /** The hash of the values that are sought, of a series that is there and not shown as they say. */
  #hash(): number {
    let hash = 0;
    for (let index = 0; index < this.#sought.length; index += 1) {
      hash = spread(hash, this.#sought[index] as number);
    }
    return (hash | THERE) & ~PLAIN;
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

/** Whether labels are the same, in the same order. */
function isSame(one: LabelSet, other: LabelSet): boolean {
  const names = Object.keys(other);
  let index = 0;
  for (const name in one) {
    if (names[index] !== name || one[name] !== other[name]) return false;
    index += 1;
  }
  return index === names.length;
}

/** How many rows there can be for so many slots: some of these have to stay free, so that a search ends. */
function roomFor(slots: number): number {
  return (slots / 4) * 3;
}
