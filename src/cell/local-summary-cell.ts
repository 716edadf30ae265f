// The cell of a summary outside of all heaps.

import type { LabelSet } from '../labels/label-set';
import { binOf, middle, OCTAVE_BINS, octaveOf, RAW_VALUES, upperHalf } from './sketch';
import { isCurrent, windowNow, type Windows } from './windows';
import type { Point, Summarized, SummaryCell } from './kinds';
import { mergeInto } from './summary-contribution';
import { leaveUnwrapped } from '../unwrapped';

/** The values of one window: up to 32 single values, or counts of bins. */
class Sketch {
  #raw: number[] = [];
  #bins: Map<number, number> | null = null;

  put(value: number, times: number): void {
    if (this.#bins === null && times === 1 && this.#raw.length < RAW_VALUES) {
      this.#raw.push(value);
      return;
    }
    if (this.#bins === null) {
      this.#bins = new Map();
      for (const kept of this.#raw) this.put(kept, 1);
      this.#raw = [];
    }
    const upper = upperHalf(value);
    const bin = octaveOf(upper) * OCTAVE_BINS + binOf(upper);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + times);
  }

  points(): Point[] {
    if (this.#bins === null) return this.#raw.map((value) => [value, 1]);
    return [...this.#bins].map(([bin, weight]) => [
      middle(Math.floor(bin / OCTAVE_BINS), bin % OCTAVE_BINS),
      weight,
    ]);
  }
}

/** A summary outside of all heaps, or one that waits for its series. */
export class LocalSummaryCell implements SummaryCell {
  readonly labels: LabelSet;
  readonly #windows: Windows;
  #sketches = new Map<number, Sketch>();
  #count = 0;
  #sum = 0;

  constructor(labels: LabelSet, windows: Windows) {
    this.labels = labels;
    this.#windows = windows;
  }

  observe(value: number): void {
    this.#sketch(windowNow(this.#windows)).put(value, 1);
    this.#count += 1;
    this.#sum += value;
  }

  /** The sketch of the window of that number. A new window replaces those that no longer count. */
  #sketch(number: number): Sketch {
    let sketch = this.#sketches.get(number);
    if (sketch === undefined) {
      const now = windowNow(this.#windows);
      const current = [...this.#sketches].filter(([old]) => isCurrent(this.#windows, old, now));
      sketch = new Sketch();
      this.#sketches = new Map([...current, [number, sketch]]);
    }
    return sketch;
  }

  show(): void {}

  parts(): [] {
    return [];
  }

  read(): Summarized {
    const windows = [...this.#sketches].map(([number, sketch]) => ({
      number,
      points: sketch.points(),
    }));
    windows.sort((one, other) => one.number - other.number);
    return { count: this.#count, sum: this.#sum, windows };
  }

  merge(contribution: Summarized): void {
    mergeInto(contribution, this.#windows, {
      put: (number, value) => this.#sketch(number).put(value, 1),
      putMany: (number, value, times) => this.#sketch(number).put(value, times),
    });
    this.#count += contribution.count;
    this.#sum += contribution.sum;
  }
}

leaveUnwrapped(LocalSummaryCell);
