// Cells of several families that one metric updates together.

import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import type { Cell, HeapCell } from './kinds';
import { leaveUnwrapped } from '../unwrapped';

/** Cells of several families that are updated together. */
export abstract class CellGroup<
  Contribution,
  Member extends Cell<Contribution>,
> implements Cell<Contribution> {
  readonly labels: LabelSet;
  readonly members: readonly Member[];

  constructor(labels: LabelSet, members: readonly Member[]) {
    this.labels = labels;
    this.members = members;
  }

  show(): void {
    for (const member of this.members) member.show();
  }

  /** The contribution to the first family stands for all. Others differ only in the share of their overflow series. */
  read(): Contribution | null {
    return this.members[0]?.read() ?? null;
  }

  merge(contribution: Contribution): void {
    for (const member of this.members) member.merge(contribution);
  }

  parts(): readonly HeapCell<Contribution>[] {
    return this.members.flatMap((member) => member.parts());
  }

  /** All members have the same exemplars. */
  get exemplars(): readonly (Exemplar | undefined)[] | null {
    return this.members[0]?.exemplars ?? null;
  }
}

leaveUnwrapped(CellGroup);
