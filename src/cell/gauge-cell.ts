// The cells of gauges: one number, and the incarnation of the writer that has set it.

import type { Location } from '../heap/arena';
import type { Family } from '../heap/family';
import type { Labelled, LabelSet } from '../labels/label-set';
import { gaugeAdd, gaugeSet, gaugeSetTime, layout } from '../heap/native';
import { DirectCell, NativeCell } from './cell';
import { CellGroup } from './cell-group';
import type { Gauged, GaugeCell } from './kinds';
import { leaveUnwrapped } from '../unwrapped';

const VALUE = layout.gaugeValue;
const INCARNATION = layout.gaugeIncarnation;

/** A gauge in a heap, updated by stores. */
export class DirectGaugeCell extends DirectCell<Gauged, LocalGaugeCell> implements GaugeCell {
  readonly incarnation: number;
  /** The chunk with the cell, as halves of words, and the index of the incarnation there. */
  u32 = this.generations;
  mark = 0;

  constructor(family: Family, series: Labelled, local: (labels: LabelSet) => LocalGaugeCell) {
    super(family, series, local);
    this.incarnation = family.attachment.incarnation;
  }

  set(value: number): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().set(value);
      return;
    }
    // The value first: once the incarnation is stored, a reader takes the value.
    this.f64[this.word + VALUE] = value;
    this.u32[this.mark] = this.incarnation;
  }

  /** Rare, so a call of the binding is fast enough. */
  setTime(value: number): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().setTime(value);
      return;
    }
    gaugeSetTime(this.handle, this.cell, this.generationPlace, this.generation, value);
  }

  add(value: number): void {
    if (this.generations[this.generationIndex] !== this.generation && !this.attend()) {
      this.keeper().add(value);
      return;
    }
    const { f64, word } = this;
    // The value of an earlier writer of the slot does not count.
    const before = this.isMarked() ? (f64[word + VALUE] as number) : 0;
    f64[word + VALUE] = before + value;
    this.u32[this.mark] = this.incarnation;
  }

  isMarked(): boolean {
    return this.u32[this.mark] === this.incarnation;
  }

  protected override pointTo(location: Location): void {
    super.pointTo(location);
    this.u32 = location.u32;
    this.mark = 2 * (location.base + INCARNATION);
  }

  protected override readAt(location: Location): Gauged | null {
    return gaugedAt(location, this.incarnation);
  }

  merge(contribution: Gauged): void {
    put(contribution, this);
  }
}

/** A gauge in a heap, updated by the binding. */
export class NativeGaugeCell extends NativeCell<Gauged, LocalGaugeCell> implements GaugeCell {
  set(value: number): void {
    if (!this.update(gaugeSet, value)) this.keeper().set(value);
  }

  setTime(value: number): void {
    if (!this.update(gaugeSetTime, value)) this.keeper().setTime(value);
  }

  add(value: number): void {
    if (!this.update(gaugeAdd, value)) this.keeper().add(value);
  }

  protected override readAt(location: Location): Gauged | null {
    return gaugedAt(location, this.family.attachment.incarnation);
  }

  merge(contribution: Gauged): void {
    put(contribution, this);
  }
}

/** A gauge outside of all heaps, or one that waits for its series. */
export class LocalGaugeCell implements GaugeCell {
  readonly labels: LabelSet;
  #value: number | null = null;
  #isSet = false;
  #isTime = false;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  set(value: number): void {
    this.#value = value;
    this.#isSet = true;
  }

  setTime(value: number): void {
    this.set(value);
    this.#isTime = true;
  }

  add(value: number): void {
    this.#value = (this.#value ?? 0) + value;
  }

  show(): void {}

  parts(): [] {
    return [];
  }

  read(): Gauged | null {
    if (this.#value === null) return null;
    return { value: this.#value, isTime: this.#isTime, ...(!this.#isSet && { isAdded: true }) };
  }

  merge(contribution: Gauged): void {
    put(contribution, this);
  }
}

/** A gauge in several heaps, or under several sets of default labels. */
export class GaugeCellGroup extends CellGroup<Gauged, GaugeCell> implements GaugeCell {
  set(value: number): void {
    for (const member of this.members) member.set(value);
  }

  setTime(value: number): void {
    for (const member of this.members) member.setTime(value);
  }

  add(value: number): void {
    for (const member of this.members) member.add(value);
  }
}

/** The value that the writer of that incarnation has set; null if there is none. */
function gaugedAt({ f64, u32, base }: Location, incarnation: number): Gauged | null {
  const mark = 2 * (base + INCARNATION);
  if (u32[mark] !== incarnation) return null;
  // The other half of the incarnation's word is the flag of a time.
  return { value: f64[base + VALUE] as number, isTime: u32[mark + 1] !== 0 };
}

/** Sets a cell to the contribution of another cell. */
function put({ value, isTime }: Gauged, cell: GaugeCell): void {
  if (isTime) cell.setTime(value);
  else cell.set(value);
}

leaveUnwrapped(LocalGaugeCell);
