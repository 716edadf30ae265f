// What `labels(…)` of a gauge gives.

import type { GaugeCell } from '../cell/kinds';
import { notANumber } from '../errors';
import type { Gauge } from './gauge';
import {
  timeInstrument,
  type CallLabels,
  type InProgressInstrument,
  type TimeInstrument,
} from '../instrument/instrument';
import { LabelledChild } from './bound-child';
import type { LabelValues } from '../labels/label-set';

/** One series of a gauge, held. @internal */
export class LabelledGauge<T extends string>
  extends LabelledChild<T, Gauge<T>, GaugeCell>
  implements Gauge.Internal<T>
{
  /** The cell of a series that is shown with the labels of this child, and the metric's era in which that was so. */
  #shown: GaugeCell | null = null;
  #shownEra = -1;

  // Functions of their own: they may be handed on without their object.
  set = (value: number): void => {
    if (typeof value !== 'number') throw notANumber(value);
    if (this.#shown === null || this.#shownEra !== this.metric.era) this.#shown = this.#show();
    this.#shown.set(value);
  };
  inc = (value: number = 1): void => {
    if (typeof value !== 'number') throw notANumber(value, 'Delta');
    this.cell.add(value);
  };
  dec = (value: number = 1): void => {
    const delta: unknown = -value;
    if (typeof delta !== 'number') throw notANumber(delta, 'Delta');
    this.cell.add(delta);
  };
  setToCurrentTime = (): void => this.metric.setToCurrentTime(this.given);
  startTimer = (): ((labels?: LabelValues<T>) => number) => this.metric.startTimer(this.given);

  #show(): GaugeCell {
    const { metric, given } = this;
    const found = metric.children.hold(given, true) ?? metric.make(given);
    this.#shownEra = metric.era;
    return found;
  }

  time(labels?: CallLabels<LabelValues<T>>): TimeInstrument<LabelValues<T>> {
    return timeInstrument(
      (seconds, found) => this.metric.set({ ...this.given, ...found }, seconds),
      labels,
    );
  }

  trackInProgress(): InProgressInstrument {
    return this.metric.trackInProgress(this.given);
  }
}
