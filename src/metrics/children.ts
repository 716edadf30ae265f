// The children of a metric: the cell for each label set.

import type { Arena } from '../heap/arena';
import type { Cell, Movable } from '../cell/kinds';
import { NONE } from '../labels/label-values';
import { SeriesTable, type LabelNormalisers } from '../labels/series-table';
import type { Labelled, LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';

/** The first series of a metric have a cell each, which makes updates twice as fast. Their memory is small. */
const FEW = 512;

/** With fewer rows, a search for removed series would take longer than it is worth: the rows take little memory. */
const SEARCHED = 1024;

/** The making of cells, and the memory of their bindings. @internal */
export interface CellSource<Child> {
  /** Makes the cell of a series. */
  make(series: Labelled, known?: readonly Child[]): Child;
  /** The arena with the bindings, if one cell can serve all series. Null: each series has its own cell. */
  readonly arena: Arena | null;
}

/**
 * The children of a metric.
 *
 * A series is a row of a table. One cell, the cursor, moves to the row of each look-up, and is valid until the next
 * look-up. A series has a cell of its own in three cases: it is one of the first `FEW` series, its cell holds state (as
 * a summary's does), or it cannot be bound at the moment.
 * @internal
 */
export class Children<Child extends Cell<unknown>> implements Labelled {
  readonly #names: readonly string[];
  readonly #cells: CellSource<Child>;
  readonly #labelValues: LabelNormalisers | undefined;
  #table: SeriesTable;
  #cursor: (Child & Movable) | null;
  #row = NONE;
  /** By row: the series' own cells, and the results of `labels(…)`. */
  #own: (Child | undefined)[] = [];
  /** Whether binding has failed for any row. */
  #hasFailed = false;
  #handles: unknown[] = [];

  constructor(names: readonly string[], cells: CellSource<Child>, labelValues?: LabelNormalisers) {
    this.#names = names;
    this.#cells = cells;
    this.#labelValues = labelValues;
    this.#table = new SeriesTable(names, labelValues);
    this.#cursor = cells.arena === null ? null : (cells.make(this) as Child & Movable);
  }

  /** The labels of the cursor's present series. */
  get labels(): LabelSet {
    return this.#table.labelsOf(this.#row);
  }

  /**
   * The child for those labels, valid until the next call. Null: there is none. Throws for a label that was not
   * declared.
   */
  find(labels: object): Child | null {
    const row = this.#rowOf(labels);
    return row === NONE ? null : this.#at(row);
  }

  /** As `find`, but the child stays with the series. */
  hold(labels: object): Child | null {
    if (this.#table.isAbsent(labels)) return null;
    const row = this.#rowOf(labels);
    return row === NONE ? null : this.#ownAt(row);
  }

  /** A copy of the labels, each of which is read once. */
  ownOf(labels: object): LabelSet {
    return this.#table.ownOf(labels);
  }

  /** The labels of a series as they were first given; null if the series is not known. */
  given(labels: object): LabelSet | null {
    const row = this.#rowOf(labels);
    return row === NONE ? null : this.#table.labelsOf(row);
  }

  /** Those labels with normalised values. */
  normalised(labels: LabelSet): LabelSet {
    return this.#table.normalised(labels);
  }

  /** Adds a series for valid labels that have none. The returned child stays with the series. */
  add(labels: LabelSet, known?: readonly Child[]): Child {
    if (this.#table.isFull) this.#makeRoom();
    const row = this.#table.add(labels);
    return this.#cursor === null ? this.#keep(row, known) : this.#bind(row, known);
  }

  /** The earlier result of `labels(…)` for those values; undefined if there is none under these very values. */
  handleOf(values: readonly unknown[]): unknown {
    const row = this.#table.findValues(values);
    return row === NONE ? undefined : this.#handles[row];
  }

  /** Keeps the result of `labels(…)`, if the series exists. */
  keepHandle<Handle>(values: readonly unknown[], handle: Handle): Handle {
    const row = this.#table.findValues(values);
    if (row !== NONE) put(this.#handles, row, handle);
    return handle;
  }

  /** Removes the child for those labels, and the updates that were kept for it. */
  delete(labels: LabelSet): void {
    const row = this.#rowOf(labels);
    if (row === NONE) return;
    forget(row === this.#row ? this.#cursor : this.#own[row]);
    this.#drop(row);
  }

  /** Removes all children, and the updates that were kept for them. */
  clear(): void {
    forget(this.#cursor);
    this.#own.forEach(forget);
    this.#empty();
  }

  #empty(): void {
    this.#table = new SeriesTable(this.#names, this.#labelValues);
    this.#row = NONE;
    this.#own = [];
    this.#handles = [];
  }

  /** All children, in the order in which they were made. Each stays with its series. */
  *values(): Iterable<Child> {
    for (let row = 0; row < this.#table.length; row += 1) {
      if (this.#table.has(row)) yield this.#ownAt(row);
    }
  }

  #rowOf(labels: object): number {
    const table = this.#table;
    const row = table.find(labels);
    if (table === this.#table) return row;
    // A getter has run code that began another table.
    return this.#table.findCopy(labels, row === NONE ? table.ownOf(labels) : table.labelsOf(row));
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

  /** Moves a cell to the series of a row. False: the row is not bound. */
  #moveTo(cell: Movable, row: number): boolean {
    const entry = this.#table.entryOf(row);
    if (entry === 0) return false;
    return cell.goTo(this.#cells.arena as Arena, entry, this.#table.generationOf(row));
  }

  /**
   * A cursor without a binding may hold kept updates. So this cell stays with its series, and the metric gets a new
   * cursor.
   */
  #leave(): void {
    const cursor = this.#cursor;
    if (cursor === null || this.#row === NONE || cursor.entry !== 0) return;
    cursor.series = { labels: this.labels };
    put(this.#own, this.#row, cursor);
    this.#cursor = this.#cells.make(this) as Child & Movable;
    this.#row = NONE;
  }

  /** Binds a row by a new cell. The row keeps the cell if it is one of the first `FEW`, or if binding has failed. */
  #bind(row: number, known?: readonly Child[]): Child {
    const cell = this.#cells.make({ labels: this.#table.labelsOf(row) }, known) as Child & Movable;
    cell.show();
    if (cell.entry === 0 || row < FEW) put(this.#own, row, cell);
    this.#hasFailed ||= cell.entry === 0;
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
   * Makes room for more rows. First the rows of series that other isolates have removed are dropped, and the rows of
   * series that cannot be made. So an exploding label does not take the memory of its process.
   */
  #makeRoom(): void {
    this.#leave();
    const table = this.#table;
    const { arena } = this.#cells;
    if (arena !== null && (this.#hasFailed || table.length >= SEARCHED)) {
      for (let row = 0; row < table.length; row += 1) {
        if (table.has(row) && !this.#isThere(arena, row)) this.#drop(row);
      }
    }
    if (4 * table.gone < table.length) table.grow();
    else this.#renew();
  }

  #isThere(arena: Arena, row: number): boolean {
    const own = this.#own[row];
    return own === undefined
      ? arena.isBound(this.#table.entryOf(row), this.#table.generationOf(row))
      : !(own as Child & Movable).isDispensable;
  }

  /** Begins a new table with the remaining series and only their label values. */
  #renew(): void {
    const [table, own, handles] = [this.#table, this.#own, this.#handles];
    this.#empty();
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

/** Drops the updates that a cell has kept. */
function forget(cell: Cell<unknown> | null | undefined): void {
  for (const part of cell?.parts() ?? []) part.forget();
}

/** Stores into an array that may be shorter. An array without holes is faster. */
function put(array: unknown[], index: number, value: unknown): void {
  while (array.length < index) array.push(undefined);
  array[index] = value;
}

leaveUnwrapped(Children);
