// Which series of a metric this isolate knows: from labels to a row of a table.

import { ABSENT, NONE, Values } from './label-values';
import {
  asGiven,
  copied,
  hasOwn,
  isConstant,
  labelText,
  printable,
  put,
  validateLabels,
} from './labels';
import type { LabelSet } from './label-set';

/** What a row has before the numbers of its values: the hash of these with the bit below, or 0 once the series is gone. */
const HASH = 0;
/** The place of the series' entry in the writer's directory, and the generation that is bound; 0 where nothing is. */
const ENTRY = 1;
const GENERATION = 2;
const VALUES = 3;

/** The bit of a hash that says that there is a series. */
const THERE = 1;

/** How far a pass in order came: how many labels it has found, and the value of the next one, if it has read that. */
interface Stop {
  readonly index: number;
  readonly last: { readonly value: unknown } | undefined;
}

const NOWHERE: Stop = { index: 0, last: undefined };

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
  /** The numbers of the values that the pass in order looks for. */
  readonly #sought: Int32Array;
  /** Whether that pass is under way: it reads labels, and a getter of these runs code of the application. */
  #isReading = false;
  #stop: Stop = NOWHERE;
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

  /** The row of those labels, or -1. Each label is read once. Throws for a label that was not declared. */
  find(labels: object): number {
    // A getter may look up other labels here, in the middle of the fast pass.
    if (this.#isReading) return this.findCopy(labels, copied(labels));
    let own: LabelSet;
    this.#isReading = true;
    try {
      const row = this.#findInOrder(labels as LabelSet);
      if (row !== NONE) return row;
      own = this.#readOn(labels as LabelSet);
    } finally {
      this.#isReading = false;
    }
    return this.findCopy(labels, own);
  }

  /** The row of labels that are known and come in the order of declaration; or -1, and then `#stop` says how far it came. */
  #findInOrder(labels: LabelSet): number {
    const names = this.#names;
    const values = this.#values;
    const sought = this.#sought;
    let index = 0;
    let hash = 0;
    // One pass finds out whether all names are right and looks up the values on the way.
    for (const name in labels) {
      if (name !== names[index] || !hasOwn(labels, name)) {
        this.#stop = index === 0 ? NOWHERE : { index, last: undefined };
        return NONE;
      }
      const value = labels[name];
      const number = (values[index] as Values).get(value);
      if (number <= ABSENT) {
        this.#stop = { index, last: { value } };
        return NONE;
      }
      sought[index] = number;
      hash = spread(hash, number);
      index += 1;
    }
    const row = index === names.length ? this.#rowOf(hash | THERE, sought) : NONE;
    if (row === NONE) this.#stop = { index, last: undefined };
    return row;
  }

  /** All labels as values that print alike at all times. Those that the pass in order has read are not read again. */
  #readOn(labels: LabelSet): LabelSet {
    const { index, last } = this.#stop;
    if (index === 0 && last === undefined) return copied(labels);
    const numbers = this.#sought.slice(0, index);
    const own: Record<string, unknown> = {};
    for (let at = 0; at < index; at += 1) {
      const name = this.#names[at] as string;
      put(own, name, typed(labels, name, this.#values[at]?.at(numbers[at] as number)));
    }
    if (last !== undefined) put(own, this.#names[index] as string, last.value);
    for (const name of Object.keys(labels)) {
      if (!hasOwn(own, name)) put(own, name, labels[name]);
    }
    return printable(own);
  }

  /**
   * The row of those values, one for each name in the order of declaration, or -1: that also where a value is known in
   * another type.
   */
  findValues(values: readonly unknown[]): number {
    const { length } = this.#names;
    // An object has the labels in it.
    if (values.length !== length || typeof values[0] === 'object') return NONE;
    const sought = this.#scratch();
    let hash = 0;
    for (let index = 0; index < length; index += 1) {
      const number = (this.#values[index] as Values).get(values[index]);
      if (number <= ABSENT) return NONE;
      sought[index] = number;
      hash = spread(hash, number);
    }
    return this.#rowOf(hash | THERE, sought);
  }

  /** The row of labels that were given as another object, and read into this one. No code of the application runs in here. */
  findCopy(given: object, own: LabelSet): number {
    const names = this.#names;
    validateLabels(names, own);
    const sought = this.#scratch();
    let hash = 0;
    for (let index = 0; index < names.length; index += 1) {
      const number = (this.#values[index] as Values).find(valueOf(own, names[index] as string));
      if (number === NONE) return this.#miss(given, own);
      sought[index] = number;
      hash = spread(hash, number);
    }
    const row = this.#rowOf(hash | THERE, sought);
    return row === NONE ? this.#miss(given, own) : row;
  }

  #miss(given: object, own: LabelSet): number {
    this.#missed = { given, own };
    return NONE;
  }

  /** Room for the numbers of the values that are looked for: in the middle of a pass in order, that of the pass is taken. */
  #scratch(): Int32Array {
    return this.#isReading ? new Int32Array(this.#names.length) : this.#sought;
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
    const numbers = this.#scratch();
    let spreadAll = 0;
    for (let index = 0; index < names.length; index += 1) {
      const value = valueOf(labels, names[index] as string);
      numbers[index] = (this.#values[index] as Values).add(value);
      spreadAll = spread(spreadAll, numbers[index] as number);
    }
    const row = this.#length;
    const at = row * this.#stride;
    const hash = spreadAll | THERE;
    this.#rows[at + HASH] = hash;
    this.#rows.set(numbers, at + VALUES);
    this.#length += 1;
    this.#enter(row, hash);
    if (!this.#isComplete(labels, numbers)) this.#firstGiven.set(row, labels);
    return row;
  }

  /** Whether the numbers of their values say all about labels. */
  #isComplete(labels: LabelSet, numbers: Int32Array): boolean {
    const names = this.#names;
    let index = 0;
    if (asGiven(labels) !== labels) return false;
    for (const name in labels) {
      const value = labels[name];
      while (index < names.length && names[index] !== name) index += 1;
      if (index === names.length || value === undefined) return false;
      if (this.#values[index]?.at(numbers[index] as number) !== value) return false;
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

  /** The row with the values that are sought, or -1. */
  #rowOf(hash: number, sought: Int32Array): number {
    const slots = this.#slots;
    const rows = this.#rows;
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

/** A label that was read and found: as it was given, where that can be seen without reading it again. */
function typed(labels: LabelSet, name: string, found: unknown): unknown {
  const value: unknown = Object.getOwnPropertyDescriptor(labels, name)?.value;
  return isConstant(value) && typeof value !== 'symbol' && labelText(value) === labelText(found)
    ? value
    : found;
}

/** The value of a label of that name, whatever the name. */
function valueOf(labels: LabelSet, name: string): unknown {
  return hasOwn(labels, name) ? labels[name] : undefined;
}

/** How many rows there can be for so many slots: some of these have to stay free, so that a search ends. */
function roomFor(slots: number): number {
  return (slots / 4) * 3;
}
