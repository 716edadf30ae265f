// An enum's cell in a heap: the number of the state, which all writers share.

import { SharedGaugeCell } from './gauge-cell';
import type { Gauged } from './kinds';

/** The state that all writers share. */
export class SharedStateCell extends SharedGaugeCell {
  /** What this isolate has set last: it goes along when the series moves. */
  #last: number | null = null;

  override set(state: number): void {
    super.set(state);
    this.#last = state;
  }

  override read(): Gauged | null {
    return this.#last === null ? null : { value: this.#last, isTime: false };
  }

  override take(share: Gauged): void {
    this.set(share.value);
  }
}
