// The common part of all cells: the binding to memory, and updates while there is none.
//
// A series that cannot be made is counted by the overflow series of its family, whose memory was reserved when the family
// was declared. Gauges and metrics without labels have no such series. Their cells keep updates in this isolate, and so does
// an overflow series that has no memory yet.
//
// A cell holds one isolate's contribution to one series. There are four sorts of each kind. `Direct…` stores into
// shared memory. `Native…` calls the binding. `Local…` keeps the value in this isolate. `…Group` updates several cells.
// A metric uses one sort for all its cells, so that each call site meets one class.

import type { Arena, Location } from '../heap/arena';
import type { Exemplar } from '../labels/exemplar';
import type { Family } from '../heap/family';
import { labelText } from '../labels/labels';
import { retry, RetryBackoff } from '../heap/retry';
import { exemplarStore, layout, type Binding } from '../heap/native';
import type { Labelled, LabelSet } from '../labels/label-set';
import { DirectExemplars } from './exemplars';
import type { Cell, HeapCell, Movable } from './kinds';
import { leaveUnwrapped } from '../unwrapped';

const ENTRY_CELL = layout.entryCell;
const ENTRY_GENERATION = layout.entryGeneration;

/** The location of a cell without memory. No cell stores there. */
const nowhere: Location = {
  f64: new Float64Array(1),
  u32: new Uint32Array(2),
  base: 0,
};
/** No generation word ever has this value, so an unbound cell calls `attend()` at each update. */
const UNBOUND = -1;

/** Whether a generation word belongs to that generation, with or without the mark of a scrape. */
function isBoundTo(word: number, generation: number): boolean {
  return (word & layout.generations) === generation;
}

/** A cell whose memory belongs to a family in a heap. */
export abstract class FamilyCell<Contribution, Kept extends Cell<Contribution> = Cell<Contribution>>
  implements HeapCell<Contribution>, Movable
{
  readonly family: Family;
  series: Labelled;
  /** The places of cell and generation word in the heap; 0: not bound. */
  cell = 0;
  generationPlace = 0;
  /** The value of the generation word while the cell is bound. */
  generation = UNBOUND;
  /** The newest exemplar of each bucket that this isolate has stored since the cell was bound. */
  exemplars: (Exemplar | undefined)[] | null = null;
  /** The updates that were recorded while the series could not be made, if no overflow series counts them. */
  kept: Kept | null = null;
  /** Decides when to try again, while the series cannot be made. */
  #dropped: RetryBackoff | null = null;
  readonly #local: (labels: LabelSet) => Kept;

  /** @param local Makes a cell outside of all heaps, for updates while the series cannot be made. */
  constructor(family: Family, series: Labelled, local: (labels: LabelSet) => Kept) {
    this.family = family;
    this.series = series;
    this.#local = local;
  }

  get labels(): LabelSet {
    return this.series.labels;
  }

  get entry(): number {
    return this.cell === 0 ? 0 : this.generationPlace - ENTRY_GENERATION;
  }

  goTo(arena: Arena, entry: number, generation: number): boolean {
    const binding = arena.bindingAt(entry);
    if (binding === null || binding.generation !== generation) return false;
    this.setBinding(binding);
    this.#dropped = null;
    return true;
  }

  /**
   * Binds the cell again: another generation of the series has begun, or the cell was never bound. False: the series
   * cannot be made now, and updates go to `keeper()`.
   */
  attend(): boolean {
    return this.#dropped?.isOver() !== false && this.#bind();
  }

  get isDispensable(): boolean {
    const dropped = this.#dropped;
    return dropped !== null && (dropped.isRefusal || this.kept === null);
  }

  #bind(): boolean {
    const { attachment } = this.family;
    const binding = this.family.bind(this.labels, this.#dropped !== null);
    this.setBinding(binding);
    const isBound = this.cell !== 0;
    this.#dropped = isBound ? null : new RetryBackoff(attachment);
    if (!isBound) {
      // Only for a lock that was held. Without room, a timer for each of many series would cost more than it gains.
      const keeps = this.#counts === this && attachment.lastShortage === 'busy';
      if (keeps) retry(this, () => this.#catchUp());
      return false;
    }
    const { kept } = this;
    this.kept = null;
    if (kept !== null) this.resume(kept);
    return this.cell !== 0;
  }

  /** Gives the binding up, since a part of the cell has no room. It will be tried again. */
  lose(): void {
    this.setBinding(null);
    this.#dropped = new RetryBackoff(this.family.attachment, false);
  }

  /** Adds the kept updates, though no other update comes. */
  #catchUp(): boolean {
    return this.kept === null || this.family.attachment.isClosed || this.#bind();
  }

  /** The cell that counts while this cell has no memory: the cell of the overflow series, or this cell. */
  get #counts(): FamilyCell<Contribution, Kept> {
    return (this.family.overflow as FamilyCell<Contribution, Kept> | null) ?? this;
  }

  /** The cell for updates while the series cannot be made: that of the overflow series, or a local cell. */
  keeper(): Kept {
    const counts = this.#counts;
    if (counts !== this) return counts as Cell<Contribution> as Kept;
    return (this.kept ??= this.#local(this.labels));
  }

  /** Adds the kept updates to the series. */
  protected resume(kept: Kept): void {
    const contribution = kept.read();
    if (contribution !== null) this.merge(contribution);
  }

  show(): void {
    this.attend();
  }

  parts(): readonly HeapCell<Contribution>[] {
    return [this];
  }

  /** Withdraws this isolate's contribution to the series. */
  withdraw(): void {
    this.kept = null;
    this.family.unbind(this.labels);
  }

  forget(): void {
    this.kept = null;
  }

  read(): Contribution | null {
    const location = this.family.attachment.isClosed ? null : this.location();
    return (location && this.readAt(location)) ?? this.kept?.read() ?? null;
  }

  /** The location of the cell in this isolate's arrays. Null: not bound, or the arrays are no view of the heap. */
  protected abstract location(): Location | null;
  /** The contribution at that location. */
  protected abstract readAt(location: Location): Contribution | null;
  /** Points the cell at the words of a binding. Without one, or in a corrupt heap, the cell is not bound. */
  protected setBinding(binding: Binding | null): void {
    this.cell = binding?.cell ?? 0;
    this.generationPlace = binding?.generationPlace ?? 0;
    this.generation = binding?.generation ?? UNBOUND;
    this.exemplars = null;
  }

  abstract merge(contribution: Contribution): void;
}

/** A cell whose updates are typed-array stores. */
export abstract class DirectCell<
  Contribution,
  Kept extends Cell<Contribution> = Cell<Contribution>,
> extends FamilyCell<Contribution, Kept> {
  /** The chunk with the generation word, as halves of words, and the index of the word there. */
  generations = nowhere.u32;
  generationIndex = 0;
  /** The chunk with the cell, and the index of the cell there. */
  f64 = nowhere.f64;
  word = 0;
  /** The places of its exemplars; null until the first exemplar of this binding. */
  exemplarPlaces: DirectExemplars | null = null;

  /** The number of the heap in this isolate. */
  get handle(): number {
    return this.family.attachment.handle;
  }

  /** An unbound cell points at `nowhere`, and stores nothing. */
  protected override setBinding(binding: Binding | null): void {
    const { arena } = this.family.attachment;
    const generation = binding && arena?.locate(binding.generationPlace);
    const cell = binding && arena?.locate(binding.cell);
    if (!generation || !cell) {
      super.setBinding(null);
      this.generations = nowhere.u32;
      this.generationIndex = 0;
      this.pointTo(nowhere);
      return;
    }
    super.setBinding(binding);
    this.generations = generation.u32;
    this.generationIndex = 2 * generation.base;
    this.pointTo(cell);
  }

  /** As in `FamilyCell`, with fewer steps: most updates by labels begin here. */
  override goTo(arena: Arena, entry: number, generation: number): boolean {
    const directory = arena.viewOf(entry);
    if (directory === null) return false;
    const { start, u32 } = directory;
    const index = 2 * (entry - start);
    if (u32[index + 2 * ENTRY_GENERATION] !== generation) return false;
    const cell = u32[index + 2 * ENTRY_CELL] as number;
    const view = arena.viewOf(cell);
    if (view === null) return false;
    this.cell = cell;
    this.generationPlace = entry + ENTRY_GENERATION;
    this.generation = generation;
    this.generations = u32;
    this.generationIndex = index + 2 * ENTRY_GENERATION;
    this.pointTo({ f64: view.f64, u32: view.u32, base: cell - view.start });
    return true;
  }

  /** Stores the newest exemplar of a bucket, or of the exemplars with the same tag. */
  exemplifyAt(bucket: number, exemplar: Exemplar, tag = bucket): void {
    if (this.generations[this.generationIndex] !== this.generation) this.attend();
    if (this.cell === 0) return;
    (this.exemplars ??= [])[bucket] = exemplar;
    this.exemplarPlaces ??= new DirectExemplars(this);
    this.exemplarPlaces.store(tag, exemplar);
  }

  /** Points at the memory of the cell. */
  protected pointTo(location: Location): void {
    this.exemplarPlaces = null;
    this.f64 = location.f64;
    this.word = location.base;
  }

  protected override location(): Location | null {
    const word = this.generations[this.generationIndex] as number;
    return isBoundTo(word, this.generation) ? this.family.attachment.locate(this.cell) : null;
  }
}

/** A function of the binding that updates a cell by one number. False: the cell is no longer bound. */
type Update = (
  handle: number,
  cell: number,
  generationPlace: number,
  generation: number,
  value: number,
) => boolean;

/** A cell whose updates are calls into the binding. */
export abstract class NativeCell<
  Contribution,
  Kept extends Cell<Contribution> = Cell<Contribution>,
> extends FamilyCell<Contribution, Kept> {
  readonly handle: number;

  constructor(family: Family, series: Labelled, local: (labels: LabelSet) => Kept) {
    super(family, series, local);
    this.handle = family.attachment.handle;
  }

  /** Updates the cell, and binds it again if necessary. False: the series cannot be made. */
  update(update: Update, value: number): boolean {
    return this.stored(update, value) || (this.attend() && this.stored(update, value));
  }

  stored(update: Update, value: number): boolean {
    const { handle, cell, generationPlace, generation } = this;
    return cell !== 0 && update(handle, cell, generationPlace, generation, value);
  }

  /** Stores the newest exemplar of a bucket, or of the exemplars with the same tag. */
  exemplifyAt(bucket: number, exemplar: Exemplar, tag = bucket): void {
    if (!this.storedExemplar(tag, exemplar)) {
      this.attend();
      this.storedExemplar(tag, exemplar);
    }
    (this.exemplars ??= [])[bucket] = exemplar;
  }

  storedExemplar(bucket: number, { value, timestamp, labelSet }: Exemplar): boolean {
    const { handle, cell, generationPlace: place, generation } = this;
    if (cell === 0) return false;
    const labels = Object.entries(labelSet).flatMap(([name, label]) => [name, labelText(label)]);
    return exemplarStore(handle, cell, place, generation, bucket, value, timestamp, labels);
  }

  protected override location(): Location | null {
    if (this.cell === 0) return null;
    const { attachment } = this.family;
    const generation = attachment.locate(this.generationPlace);
    const word = generation?.u32[2 * generation.base] ?? 0;
    return isBoundTo(word, this.generation) ? attachment.locate(this.cell) : null;
  }
}

leaveUnwrapped(FamilyCell);
