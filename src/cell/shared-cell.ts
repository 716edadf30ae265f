// The cell of what all writers share: a gauge's one value, or the state that an enum is in.

import type { Gauged, GaugeCell } from './kinds';
import { sharedAdd, sharedSet, type Binding } from '../native';
import { NativeCell } from './cell';
import type { LocalGaugeCell } from './gauge-cell';

/** The one value that all writers share: it is nobody's arena, so both tiers ask the binding. */
export class SharedCell extends NativeCell<Gauged, LocalGaugeCell> implements GaugeCell {
  /** What this isolate has made of the value: it can't be read at once, and goes along when the series moves. */
  #own: Gauged | null = null;
  /** Whether nobody had the series before this cell showed it. */
  #isFirst = false;

  set(value: number): void {
    if (this.update(sharedSet, value)) this.#own = { value, isTime: false };
    else this.keeper().set(value);
  }

  /** There is one value, so none to be added up. */
  setTime(value: number): void {
    this.set(value);
  }

  add(value: number): void {
    if (!this.update(sharedAdd, value)) {
      this.keeper().add(value);
      return;
    }
    const { value: before, isAdded } = this.#own ?? { value: 0, isAdded: true };
    this.#own = { value: before + value, isTime: false, ...(isAdded && { isAdded }) };
  }

  /** To what all have come to meanwhile. */
  protected override resume(kept: LocalGaugeCell): void {
    const share = kept.read();
    if (share !== null) this.#put(share);
  }

  override show(): void {
    const before = this.#seriesInHeap();
    super.show();
    this.#isFirst = this.#seriesInHeap() > before;
  }

  override read(): Gauged | null {
    const isHeld = !this.family.attachment.isClosed && this.isHeld;
    return (isHeld ? this.#own : null) ?? this.kept?.read() ?? null;
  }

  /** What others have set in the meantime stays. */
  take(share: Gauged): void {
    if (share.isAdded === true || this.#isFirst || this.cell === 0) {
      this.#put(share);
      return;
    }
    this.#own = share;
    void this.#putUnlessSet(share);
  }

  #put({ value, isAdded }: Gauged): void {
    if (isAdded === true) this.add(value);
    else this.set(value);
  }

  /** Somebody has the series, who may only have declared it: then its value is 0 still, which can be told a moment later. */
  async #putUnlessSet(share: Gauged): Promise<void> {
    try {
      if ((await this.family.valueOf(this.labels)) !== 0 || this.#own !== share) return;
      this.set(share.value);
    } catch {
      // A heap that can't be read, or is closed, has no place for it either.
    }
  }

  #seriesInHeap(): number {
    const { attachment } = this.family;
    return attachment.attempt('a series', () => attachment.native.info().series) ?? 0;
  }

  /** What this isolate has made of one generation of the series says nothing of the next. */
  protected override settle(binding: Binding | null): void {
    if (binding?.generation !== this.generation) this.#own = null;
    super.settle(binding);
  }

  /** It is in the record of the series, which no array is over. */
  protected override location(): null {
    return null;
  }

  protected override readAt(): null {
    return null;
  }
}
