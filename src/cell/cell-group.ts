// Cells of several families, in which one metric counts at once.

import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import type { Cell, HeapCell } from './kinds';

/** Cells of several families that are updated together. */
export abstract class CellGroup<Share, Member extends Cell<Share>> implements Cell<Share> {
  readonly labels: LabelSet;
  readonly members: readonly Member[];

  constructor(labels: LabelSet, members: readonly Member[]) {
    this.labels = labels;
    this.members = members;
  }

  show(): void {
    for (const member of this.members) member.show();
  }

  /** All have the same. */
  read(): Share | null {
    return this.members[0]?.read() ?? null;
  }

  take(share: Share): void {
    for (const member of this.members) member.take(share);
  }

  parts(): readonly HeapCell<Share>[] {
    return this.members.flatMap((member) => member.parts());
  }

  /** All have the same. */
  get exemplars(): readonly (Exemplar | undefined)[] | null {
    return this.members[0]?.exemplars ?? null;
  }
}
