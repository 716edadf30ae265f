// An info's cells: text that is told, and that all writers share.

import { FamilyCell } from './cell';
import { CellGroup } from './cell-group';
import type { InfoCell, Told } from './kinds';
import { retry } from '../heap/retry';
import type { LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';

/**
 * An info in a heap. Its values are labels of the series, so to tell something else is another series, which takes the
 * place of the one before it: for the whole application, whoever told that.
 */
export class HeapInfoCell extends FamilyCell<Told> implements InfoCell {
  #told: Told | null = null;

  tell(told: Told): void {
    this.#told = told;
    if (!this.#isKnown()) retry(this, () => this.#isKnown());
  }

  /** Tells it the application, as long as there is something to tell and somebody to be told; says whether that was done. */
  #isKnown(): boolean {
    if (this.#told === null || this.family.attachment.isClosed) return true;
    const { values, time } = this.#told;
    return this.family.inform({ ...this.labels, ...values }, time);
  }

  /** There is nothing to show before anything is told. */
  override show(): void {}

  override attend(): boolean {
    return true;
  }

  override withdraw(): void {
    if (this.#told !== null) this.family.unbind({ ...this.labels, ...this.#told.values });
    this.#told = null;
  }

  override read(): Told | null {
    return this.#told;
  }

  /** With the time of the original call: a later info of another isolate stays. */
  merge(told: Told): void {
    this.tell(told);
  }

  protected override location(): null {
    return null;
  }

  protected override readAt(): null {
    return null;
  }

  protected override settle(): void {}
}

/** An info that is in no heap. */
export class LocalInfoCell implements InfoCell {
  readonly labels: LabelSet;
  #told: Told | null = null;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  tell(told: Told): void {
    this.#told = told;
  }

  show(): void {}

  parts(): [] {
    return [];
  }

  read(): Told | null {
    return this.#told;
  }

  merge(told: Told): void {
    this.tell(told);
  }
}

/** An info in several heaps, or under several sets of default labels. */
export class InfoCellGroup extends CellGroup<Told, InfoCell> implements InfoCell {
  tell(told: Told): void {
    for (const member of this.members) member.tell(told);
  }
}

leaveUnwrapped(LocalInfoCell);
