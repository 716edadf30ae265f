// The cells of infos: text that all writers share.

import { FamilyCell } from './cell';
import { CellGroup } from './cell-group';
import type { InfoCell, InfoValue } from './kinds';
import { retry } from '../heap/retry';
import type { LabelSet } from '../labels/label-set';
import { leaveUnwrapped } from '../unwrapped';

/**
 * An info in a heap. Its values are labels of a series. Setting other values replaces that series, for the whole
 * application and whichever isolate has set it.
 */
export class HeapInfoCell extends FamilyCell<InfoValue> implements InfoCell {
  #value: InfoValue | null = null;

  set(value: InfoValue): void {
    this.#value = value;
    if (!this.#isSet()) retry(this, () => this.#isSet());
  }

  /** Sets the info in the heap. Returns true if that is done, or if nothing is left to do. */
  #isSet(): boolean {
    if (this.#value === null || this.family.attachment.isClosed) return true;
    const { values, time } = this.#value;
    return this.family.inform({ ...this.labels, ...values }, time);
  }

  /** An info without values is not shown. */
  override show(): void {}

  override attend(): boolean {
    return true;
  }

  override withdraw(): void {
    if (this.#value !== null) this.family.unbind({ ...this.labels, ...this.#value.values });
    this.#value = null;
  }

  override forget(): void {
    this.#value = null;
  }

  override read(): InfoValue | null {
    return this.#value;
  }

  /** With the time of the original call, so a later info of another isolate stays. */
  merge(value: InfoValue): void {
    this.set(value);
  }

  protected override location(): null {
    return null;
  }

  protected override readAt(): null {
    return null;
  }

  protected override setBinding(): void {}
}

/** An info outside of all heaps. */
export class LocalInfoCell implements InfoCell {
  readonly labels: LabelSet;
  #value: InfoValue | null = null;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  set(value: InfoValue): void {
    this.#value = value;
  }

  show(): void {}

  parts(): [] {
    return [];
  }

  read(): InfoValue | null {
    return this.#value;
  }

  merge(value: InfoValue): void {
    this.set(value);
  }
}

/** An info in several heaps, or under several sets of default labels. */
export class InfoCellGroup extends CellGroup<InfoValue, InfoCell> implements InfoCell {
  set(value: InfoValue): void {
    for (const member of this.members) member.set(value);
  }
}

leaveUnwrapped(LocalInfoCell);
