// The cell of a value that all writers share: that of a gauge, or the state of an enum.

import type { Gauged, GaugeCell } from './kinds';
import { sharedAdd, sharedSet, sharedValue } from '../heap/native';
import { NativeCell } from './cell';
import type { LocalGaugeCell } from './gauge-cell';

/** The one value that all writers share. It lies in no writer's arena, so both tiers call the binding. */
export class SharedCell extends NativeCell<Gauged, LocalGaugeCell> implements GaugeCell {
  set(value: number): void {
    if (!this.update(sharedSet, value)) this.keeper().set(value);
  }

  /** A shared value is never added up, so a time needs no flag. */
  setTime(value: number): void {
    this.set(value);
  }

  add(value: number): void {
    if (!this.update(sharedAdd, value)) this.keeper().add(value);
  }

  /** The kept updates apply to the present shared value. */
  protected override resume(kept: LocalGaugeCell): void {
    const contribution = kept.read();
    if (contribution !== null) this.#put(contribution);
  }

  /** The shared value, which moves with the series. It is no contribution of this isolate. */
  override read(): Gauged | null {
    const value = this.#value();
    return value === null ? (this.kept?.read() ?? null) : { value, isTime: false };
  }

  /** A value that other writers have set in the target series stays. */
  merge(contribution: Gauged): void {
    if (contribution.isAdded === true || !this.#value()) this.#put(contribution);
  }

  #put({ value, isAdded }: Gauged): void {
    if (isAdded === true) this.add(value);
    else this.set(value);
  }

  /** Null: the series cannot be made, or has another generation. */
  #value(): number | null {
    const { handle, cell, generationPlace, generation } = this;
    return cell === 0 ? null : sharedValue(handle, cell, generationPlace, generation);
  }

  /** The value lies in the record of the series, outside of all arenas. */
  protected override location(): null {
    return null;
  }

  protected override readAt(): null {
    return null;
  }
}
