// The cells of counters: one number that grows.

import type { Location } from '../heap/arena';
import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import { counterAdd, layout } from '../heap/native';
import { DirectCell, NativeCell } from './cell';
import { CellGroup } from './cell-group';
import type { CounterCell } from './kinds';
import { leaveUnwrapped } from '../unwrapped';

const VALUE = layout.counterValue;

/** A counter in a heap, updated by a store. */
export class DirectCounterCell extends DirectCell<number, CounterCell> implements CounterCell {
  add(value: number): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().add(value);
      return;
    }
    (this.f64[this.word] as number) += value;
  }

  /** `word` is the index of the value itself, which saves an addition at each update. */
  protected override pointTo(location: Location): void {
    super.pointTo(location);
    this.word += VALUE;
  }

  exemplify(exemplar: Exemplar): void {
    this.exemplifyAt(0, exemplar);
  }

  protected override readAt(location: Location): number {
    return valueAt(location);
  }

  merge(contribution: number): void {
    this.add(contribution);
  }
}

/** A counter in a heap, updated by the binding. */
export class NativeCounterCell extends NativeCell<number, CounterCell> implements CounterCell {
  add(value: number): void {
    if (!this.update(counterAdd, value)) this.keeper().add(value);
  }

  exemplify(exemplar: Exemplar): void {
    this.exemplifyAt(0, exemplar);
  }

  protected override readAt(location: Location): number {
    return valueAt(location);
  }

  merge(contribution: number): void {
    this.add(contribution);
  }
}

/** A counter outside of all heaps, or one that waits for its series. */
export class LocalCounterCell implements CounterCell {
  readonly labels: LabelSet;
  /** The newest exemplar, at index 0. */
  readonly exemplars: Exemplar[] = [];
  #value = 0;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  add(value: number): void {
    this.#value += value;
  }

  exemplify(exemplar: Exemplar): void {
    this.exemplars[0] = exemplar;
  }

  show(): void {}

  parts(): [] {
    return [];
  }

  read(): number {
    return this.#value;
  }

  merge(contribution: number): void {
    this.add(contribution);
  }
}

/** A counter in several heaps, or under several sets of default labels. */
export class CounterCellGroup extends CellGroup<number, CounterCell> implements CounterCell {
  add(value: number): void {
    for (const member of this.members) member.add(value);
  }

  exemplify(exemplar: Exemplar): void {
    for (const member of this.members) member.exemplify(exemplar);
  }
}

function valueAt({ f64, base }: Location): number {
  return f64[base + VALUE] as number;
}

leaveUnwrapped(LocalCounterCell);
