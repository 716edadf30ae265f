// The cell of what all writers share: a gauge's one value, or the state that an enum is in.

import type { Gauged, GaugeCell } from './kinds';
import { sharedAdd, sharedSet, sharedValue } from '../heap/native';
import { NativeCell } from './cell';
import type { LocalGaugeCell } from './gauge-cell';

/** The one value that all writers share: it is nobody's arena, so both tiers ask the binding. */
export class SharedCell extends NativeCell<Gauged, LocalGaugeCell> implements GaugeCell {
  set(value: number): void {
    if (!this.update(sharedSet, value)) this.keeper().set(value);
  }

  /** There is one value, so none to be added up. */
  setTime(value: number): void {
    this.set(value);
  }

  add(value: number): void {
    if (!this.update(sharedAdd, value)) this.keeper().add(value);
  }

  /** To what all have come to meanwhile. */
  protected override resume(kept: LocalGaugeCell): void {
    const contribution = kept.read();
    if (contribution !== null) this.#put(contribution);
  }

  /** No isolate's own contribution, but the value that goes along when the series moves. */
  override read(): Gauged | null {
    const value = this.#value();
    return value === null ? (this.kept?.read() ?? null) : { value, isTime: false };
  }

  /** A value that others have set in the target series stays. */
  merge(contribution: Gauged): void {
    if (contribution.isAdded === true || !this.#value()) this.#put(contribution);
  }

  #put({ value, isAdded }: Gauged): void {
    if (isAdded === true) this.add(value);
    else this.set(value);
  }

  /** Null: the series can't be had, or begins anew. */
  #value(): number | null {
    const { handle, cell, generationPlace, generation } = this;
    return cell === 0 ? null : sharedValue(handle, cell, generationPlace, generation);
  }

  /** It is in the record of the series, which no array is over. */
  protected override location(): null {
    return null;
  }

  protected override readAt(): null {
    return null;
  }
}
