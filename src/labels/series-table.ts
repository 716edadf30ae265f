// The series of a metric that this isolate knows: from labels to a row of a table.

import { LabelReader, spread, UNREAD, type Rows } from './label-reader';
import { ABSENT, NONE, Values, type NormaliseValue } from './label-values';
import { asGiven, copied, hasOwn, printable, put, validateLabels } from './labels';
import type { LabelSet } from './label-set';

/** By the names of labels: functions that normalise their values. */
export type LabelNormalisers = Readonly<Record<string, NormaliseValue | undefined>>;

/** The first number of a row: the hash of its values, with the bit `THERE`. 0: the series was removed. */
const HASH = 0;
/** The place of the entry in the writer's directory, and the bound generation. 0: not bound. */
const ENTRY = 1;
const GENERATION = 2;
const VALUES = 3;

/** The bit of a hash that marks a row as present. */
const THERE = 1;

/** The slots of an empty table: a power of two, and its logarithm. */
const FEWEST_SLOTS = 4;
const FEWEST_BITS = 2;
/**
 * The series of a metric that this isolate knows, in the order in which they came, and the place where each is bound.
 *
 * All rows lie in one array of numbers, with an index by open addressing. A metric may have a million series: an object
 * for each would take ten times the memory, and time of the garbage collector. No text is put together, so no two label
 * sets can be confused, and a look-up allocates nothing.
 * @internal
 */
export class SeriesTable implements Rows {
  readonly #names: readonly string[];
  readonly #values: Values[];
  readonly #reader: LabelReader;
  /** Whether the values of any label are normalised. */
  readonly #isNormalised: boolean;
  /** Words of a row. */
  readonly #stride: number;
  #rows: Int32Array;
  /** Row numbers plus 1, at the slot of their hash or after it. 0: the slot is empty. */
  #slots = new Int32Array(FEWEST_SLOTS);
  #shift = 32 - FEWEST_BITS;
  #length = 0;
  #gone = 0;
  /** The labels of the last failed look-up, as they were given and as they were read. */
  #missed: { readonly given: object; readonly own: LabelSet; readonly length: number } | null =
    null;
  /** The values of the last labels that the reader has read and not found. */
  #read: readonly unknown[] | null = null;
  /** The numbers of the label values of the present look-up. */
  readonly #sought: Int32Array;
  /** The last labels that `ownOf` has returned, if no row was added since they were looked up. */
  #absent: LabelSet | null = null;
  /** The first labels of a series, if its row does not show their order or types. */
  readonly #firstGiven = new Map<number, LabelSet>();

  /** An empty table for labels of those names, some of which have values that are normalised. */
  constructor(names: readonly string[], labelValues: LabelNormalisers = {}) {
    this.#names = names;
    this.#values = names.map((name) => new Values(valueOf(labelValues, name) as NormaliseValue));
    this.#isNormalised = this.#values.some(({ isNormalised }) => isNormalised);
    this.#reader = new LabelReader(names, this.#values, this);
    this.#stride = VALUES + names.length;
    this.#sought = new Int32Array(names.length);
    this.#rows = new Int32Array(roomFor(FEWEST_SLOTS) * this.#stride);
  }

  /** How many rows there are, including the rows of removed series. */
  get length(): number {
    return this.#length;
  }

  /** How many rows belong to removed series. */
  get gone(): number {
    return this.#gone;
  }

  /** Whether the table must grow before the next row. */
  get isFull(): boolean {
    return this.#length === roomFor(this.#slots.length);
  }

  /** The row of those labels, or -1. Each label is read once. Throws for a label that was not declared. */
  find(labels: object): number {
    const row = this.#reader.find(labels as LabelSet);
    return row > NONE ? row : this.findCopy(labels, this.#copied(labels, row));
  }

  /** A copy of the labels in their order. Labels that the reader has read are not read again. */
  #copied(labels: object, row: number): LabelSet {
    const values = this.#read;
    this.#read = null;
    if (row === UNREAD || values === null) return copied(labels);
    const own: Record<string, unknown> = {};
    for (const name of Object.keys(labels)) put(own, name, values[this.#names.indexOf(name)]);
    return printable(own);
  }

  miss(values: readonly unknown[]): number {
    this.#read = values;
    return NONE;
  }

  /**
   * The row of those values, in the order of declaration, or -1. A value that is known only in another type also gives
   * -1.
   */
  findValues(values: readonly unknown[]): number {
    const { length } = this.#names;
    // An object would hold the labels themselves.
    if (values.length !== length || typeof values[0] === 'object') return NONE;
    const sought = this.#sought;
    let hash = 0;
    for (let index = 0; index < length; index += 1) {
      const number = (this.#values[index] as Values).get(values[index]);
      if (number <= ABSENT) return NONE;
      sought[index] = number;
      hash = spread(hash, number);
    }
    return this.rowOf(hash, sought);
  }

  /** The row of the labels that were copied from the given object. No code of the application runs in here. */
  findCopy(given: object, own: LabelSet): number {
    const names = this.#names;
    validateLabels(names, own);
    const sought = this.#sought;
    let hash = 0;
    for (let index = 0; index < names.length; index += 1) {
      const number = (this.#values[index] as Values).find(valueOf(own, names[index] as string));
      if (number === NONE) return this.#miss(given, own);
      sought[index] = number;
      hash = spread(hash, number);
    }
    const row = this.rowOf(hash, sought);
    return row === NONE ? this.#miss(given, own) : row;
  }

  #miss(given: object, own: LabelSet): number {
    this.#missed = { given, own, length: this.#length };
    return NONE;
  }

  /** A copy of the labels. The labels of the last failed look-up were copied then, and are not read again. */
  ownOf(labels: object): LabelSet {
    const missed = this.#missed;
    this.#missed = null;
    if (missed?.given !== labels) return copied(labels);
    this.#absent = missed.length === this.#length ? missed.own : null;
    return missed.own;
  }

  /** Adds a row for valid labels that have none. The table must not be full. */
  add(labels: LabelSet): number {
    const names = this.#names;
    let hash = 0;
    for (let index = 0; index < names.length; index += 1) {
      const value = valueOf(labels, names[index] as string);
      this.#sought[index] = (this.#values[index] as Values).add(value);
      hash = spread(hash, this.#sought[index] as number);
    }
    hash |= THERE;
    const row = this.#length;
    const at = row * this.#stride;
    this.#rows[at + HASH] = hash;
    this.#rows.set(this.#sought, at + VALUES);
    this.#length += 1;
    this.#enter(row, hash);
    const shown = this.normalised(labels);
    if (!this.#isComplete(shown)) this.#firstGiven.set(row, shown);
    return row;
  }

  /** The labels with normalised values. */
  normalised(labels: LabelSet): LabelSet {
    if (!this.#isNormalised) return labels;
    const normalised: Record<string, unknown> = {};
    for (const name of Object.keys(labels)) {
      const values = this.#values[this.#names.indexOf(name)];
      put(normalised, name, values?.isNormalised ? values.normalised(labels[name]) : labels[name]);
    }
    return normalised;
  }

  /** Whether the row shows everything about the labels: order, types, absent values. */
  #isComplete(labels: LabelSet): boolean {
    if (asGiven(labels) !== labels) return false;
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

  /** Removes a row. Its number is not used again in this table. */
  delete(row: number): void {
    this.#rows[row * this.#stride + HASH] = 0;
    this.#firstGiven.delete(row);
    this.#reader.forget();
    this.#gone += 1;
  }

  /** Whether the row's series is present. */
  has(row: number): boolean {
    return this.#rows[row * this.#stride + HASH] !== 0;
  }

  /** Whether those labels are known to have no row, because `ownOf` has just returned them. */
  isAbsent(labels: object): boolean {
    const absent = this.#absent;
    this.#absent = null;
    return labels === absent;
  }

  /** The labels of a row, as they were first given. */
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

  /** The place of a row's entry in the writer's directory. 0: not bound. */
  entryOf(row: number): number {
    return (this.#rows[row * this.#stride + ENTRY] as number) >>> 0;
  }

  /** The generation to which a row is bound. 0: not bound. */
  generationOf(row: number): number {
    return (this.#rows[row * this.#stride + GENERATION] as number) >>> 0;
  }

  /** Notes the entry and generation of a row. */
  bind(row: number, entry: number, generation: number): void {
    this.#rows[row * this.#stride + ENTRY] = entry;
    this.#rows[row * this.#stride + GENERATION] = generation;
  }

  /** Doubles the number of rows. */
  grow(): void {
    const slots = new Int32Array(2 * this.#slots.length);
    const rows = new Int32Array(roomFor(slots.length) * this.#stride);
    rows.set(this.#rows);
    this.#rows = rows;
    this.#slots = slots;
    this.#shift -= 1;
    const end = this.#length * this.#stride;
    // Written out, since a table grows too seldom for the engine to compile this.
    const [mask, shift] = [slots.length - 1, this.#shift];
    for (let at = HASH, row = 1; at < end; at += this.#stride, row += 1) {
      const hash = rows[at] as number;
      if (hash === 0) continue;
      let slot = hash >>> shift;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row;
    }
  }

  /** @param hash The hash of the numbers, by `spread`. */
  rowOf(hash: number, sought: ArrayLike<number>): number {
    const marked = hash | THERE;
    const slots = this.#slots;
    const rows = this.#rows;
    for (let slot = marked >>> this.#shift; ; slot = (slot + 1) & (slots.length - 1)) {
      const row = (slots[slot] as number) - 1;
      if (row === NONE) return row;
      const at = row * this.#stride;
      let equal = 0;
      if (rows[at + HASH] === marked) {
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

/** The own property of that name, whatever the name. */
function valueOf(labels: LabelSet, name: string): unknown {
  return hasOwn(labels, name) ? labels[name] : undefined;
}

/** How many rows fit for that many slots. Some slots must stay empty, so that a search ends. */
function roomFor(slots: number): number {
  return (slots / 4) * 3;
}
