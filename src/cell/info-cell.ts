// The cells of infos: text that all writers share.

import { FamilyCell } from './cell';
import { CellGroup } from './cell-group';
import type { InfoCell, Told } from './kinds';
import { retry } from '../heap/retry';
import type { LabelSet } from '../labels/label-set';

/**
 * An info in a heap. Its values are labels of a series. Setting other values replaces that series, for the whole
 * application and whichever isolate has set it.
 */
export class HeapInfoCell extends FamilyCell<Told> implements InfoCell {
  #told: Told | null = null;

  tell(told: Told): void {
    this.#told = told;
    if (!this.#isKnown()) retry(this, () => this.#isKnown());
  }

  /** Sets the info in the heap. Returns true if that is done, or if nothing is left to do. */
  #isKnown(): boolean {
    if (this.#told === null || this.family.attachment.isClosed) return true;
    const { values, time } = this.#told;
    return this.family.inform({ ...this.labels, ...values }, time);
  }

  /** An info without values is not shown. */
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

  /** With the time of the original call, so a later info of another isolate stays. */
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

/** An info outside of all heaps. */
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
