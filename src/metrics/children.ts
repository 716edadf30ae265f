// The cells of a metric's series: which one updates the series with those labels.

import type { Arena } from '../heap/arena';
import type { Cell, Movable } from '../cell/kinds';
import { NONE } from '../labels/label-values';
import { SeriesTable } from '../labels/series-table';
import type { Labelled, LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';

/** So many series of a metric have a cell each: that is twice as fast, and where there are few, memory does not matter. */
const FEW = 512;

/** How cells are made, and whether each series needs one. @internal */
export interface CellSource<Child> {
  /** Makes the cell of a series. */
  make(series: Labelled, known?: readonly Child[]): Child;
  /** Where the bindings of series can be read, so that one cell serves them all; null: each has its own. */
  readonly arena: Arena | null;
}

/**
 * The children of a metric.
 *
 * A series is a row of a table. One cell, the cursor, goes to the row that is asked for: it may be used until the next
 * one is asked for. A series has a cell of its own where it is one of a few, where its cell remembers something (as a
 * summary's does), and as long as it can't be bound.
 * @internal
 */
export class Children<Child extends Cell<unknown>> implements Labelled {
  readonly #names: readonly string[];
  readonly #cells: CellSource<Child>;
  #table: SeriesTable;
  #cursor: (Child & Movable) | null;
  #row = NONE;
  /** By row: the cells that series have of their own, and what `labels(…)` gave for them. */
  #own: (Child | undefined)[] = [];
  #handles: unknown[] = [];

  constructor(names: readonly string[], cells: CellSource<Child>) {
    this.#names = names;
    this.#cells = cells;
    this.#table = new SeriesTable(names);
    this.#cursor = cells.arena === null ? null : (cells.make(this) as Child & Movable);
  }

  /** The labels of the series that the cursor is at. */
  get labels(): LabelSet {
    return this.#table.labelsOf(this.#row);
  }

  /** The child with those labels, until the next one is asked for, or null. Throws for a label that was not declared. */
  find(labels: object): Child | null {
    const row = this.#table.find(labels);
    return row === NONE ? null : this.#at(row);
  }

  /** The same child as an object that stays with the series. */
  hold(labels: object): Child | null {
    const row = this.#table.find(labels);
    return row === NONE ? null : this.#ownAt(row);
  }

  /** Labels as an object of their own, each of which is read once. */
  ownOf(labels: object): LabelSet {
    return this.#table.ownOf(labels);
  }

  /** The labels of a series as they were given when it was new; null if it is not known. */
  given(labels: object): LabelSet | null {
    const row = this.#table.find(labels);
    return row === NONE ? null : this.#table.labelsOf(row);
  }

  /** Adds a series with those labels, which are valid and have none, and returns an object that stays with it. */
  add(labels: LabelSet, known?: readonly Child[]): Child {
    if (this.#table.isFull) this.#makeRoom();
    const row = this.#table.add(labels);
    return this.#cursor === null ? this.#keep(row, known) : this.#bind(row, known);
  }

  /** The object that `labels(…)` gave for those values before; undefined: none, or it is not found this way. */
  handleOf(values: readonly unknown[]): unknown {
    const row = this.#table.findValues(values);
    return row === NONE ? undefined : this.#handles[row];
  }

  /** Has `labels(…)` give the same object again, once there is such a series. */
  keepHandle<Handle>(values: readonly unknown[], handle: Handle): Handle {
    const row = this.#table.findValues(values);
    if (row !== NONE) put(this.#handles, row, handle);
    return handle;
  }

  /** Takes the child with those labels away. */
  delete(labels: LabelSet): void {
    const row = this.#table.find(labels);
    if (row !== NONE) this.#drop(row);
  }

  /** Takes all children away. */
  clear(): void {
    this.#table = new SeriesTable(this.#names);
    this.#row = NONE;
    this.#own = [];
    this.#handles = [];
  }

  /** All children as objects that stay with them, in the order in which they were made. */
  *values(): Iterable<Child> {
    for (let row = 0; row < this.#table.length; row += 1) {
      if (this.#table.has(row)) yield this.#ownAt(row);
    }
  }

  #at(row: number): Child {
    if (row === this.#row) return this.#cursor as Child;
    return this.#own[row] ?? this.#goTo(row);
  }

  #goTo(row: number): Child {
    this.#leave();
    const cursor = this.#cursor as Child & Movable;
    if (!this.#moveTo(cursor, row)) return this.#bind(row);
    this.#row = row;
    return cursor;
  }

  /** Has a cell update the series of a row, if that is bound. */
  #moveTo(cell: Movable, row: number): boolean {
    const entry = this.#table.entryOf(row);
    if (entry === 0) return false;
    return cell.goTo(this.#cells.arena as Arena, entry, this.#table.generationOf(row));
  }

  /** A cursor that has lost its binding may keep updates until it has another one: so it stays, and another one goes on. */
  #leave(): void {
    const cursor = this.#cursor;
    if (cursor === null || this.#row === NONE || cursor.entry !== 0) return;
    cursor.series = { labels: this.labels };
    put(this.#own, this.#row, cursor);
    this.#cursor = this.#cells.make(this) as Child & Movable;
    this.#row = NONE;
  }

  /** Binds a row by a cell of its own, which it keeps if it is one of a few, or can't be bound now. */
  #bind(row: number, known?: readonly Child[]): Child {
    const cell = this.#cells.make({ labels: this.#table.labelsOf(row) }, known) as Child & Movable;
    cell.show();
    if (cell.entry === 0 || row < FEW) put(this.#own, row, cell);
    this.#table.bind(row, cell.entry, cell.generation);
    return cell;
  }

  #keep(row: number, known?: readonly Child[]): Child {
    const cell = this.#cells.make({ labels: this.#table.labelsOf(row) }, known);
    put(this.#own, row, cell);
    return cell;
  }

  #ownAt(row: number): Child {
    if (row === this.#row) this.#leave();
    const own = this.#own[row];
    if (own !== undefined) return own;
    const cell = this.#cells.make({ labels: this.#table.labelsOf(row) });
    this.#moveTo(cell as Child & Movable, row);
    return cell;
  }

  #drop(row: number): void {
    this.#table.delete(row);
    if (row < this.#own.length) this.#own[row] = undefined;
    if (row < this.#handles.length) this.#handles[row] = undefined;
    if (row === this.#row) this.#row = NONE;
  }

  /**
   * Makes room for more rows: first that of series which are gone, as others have removed them, and of those that the
   * limit has refused, so that a label that explodes does not take the memory of its process either.
   */
  #makeRoom(): void {
    this.#leave();
    const table = this.#table;
    for (let row = 0; this.#cursor !== null && row < table.length; row += 1) {
      if (table.has(row) && !this.#isThere(this.#cursor, row)) this.#drop(row);
    }
    this.#row = NONE;
    if (4 * table.gone < table.length) table.grow();
    else this.#renew();
  }

  #isThere(cursor: Movable, row: number): boolean {
    const own = this.#own[row];
    return own === undefined ? this.#moveTo(cursor, row) : !(own as Child & Movable).isRefused;
  }

  /** Begins a new table with the series that are there, and the label values that they have. */
  #renew(): void {
    const [table, own, handles] = [this.#table, this.#own, this.#handles];
    this.clear();
    for (let row = 0; row < table.length; row += 1) {
      if (!table.has(row)) continue;
      const moved = this.#table.add(table.labelsOf(row));
      this.#table.bind(moved, table.entryOf(row), table.generationOf(row));
      if (own[row] !== undefined) put(this.#own, moved, own[row]);
      if (handles[row] !== undefined) put(this.#handles, moved, handles[row]);
      if (this.#table.isFull) this.#table.grow();
    }
  }
}

/** Puts something into an array that may be shorter; one without holes is faster. */
function put(array: unknown[], index: number, value: unknown): void {
  while (array.length < index) array.push(undefined);
  array[index] = value;
}

leaveUnwrapped(Children);
