// The interfaces of cells, which are the same for cells in shared memory, local cells and groups.

import type { Arena } from '../heap/arena';
import type { Exemplar } from '../labels/exemplar';
import type { Labelled, LabelSet } from '../labels/label-set';
import type { Family } from '../heap/family';

/** The methods of every cell. */
export interface Cell<Contribution> {
  /** The labels of the series, in the order in which they are printed, without default labels. */
  readonly labels: LabelSet;
  /** Makes the series, if it does not exist. */
  show(): void;
  /** The contribution of this isolate; null if there is none, or if it cannot be read. */
  read(): Contribution | null;
  /** Adds a contribution that was read from another cell. */
  merge(contribution: Contribution): void;
  /** The cells in heaps of which it consists; empty for a local cell. @internal */
  parts(): readonly HeapCell<Contribution>[];
  /** The newest exemplar of each bucket that this isolate has stored, if the cell can carry exemplars. @internal */
  readonly exemplars?: readonly (Exemplar | undefined)[] | null;
  /** Stores the newest exemplar of its bucket, if the cell can carry exemplars. A counter has one bucket. @internal */
  exemplify?(exemplar: Exemplar): void;
}

/** A cell in a heap. */
export interface HeapCell<Contribution> extends Cell<Contribution> {
  /** The family whose series it updates. @internal */
  readonly family: Family;
  /** Withdraws this isolate's contribution to the series. @internal */
  withdraw(): void;
  /** Drops the kept updates, because the series was removed. @internal */
  forget(): void;
}

/** A cell that can move from series to series. */
export interface Movable {
  /** The present series. @internal */
  series: Labelled;
  /** The place of the directory entry by which it is bound; 0: not bound. @internal */
  readonly entry: number;
  /** The generation to which it is bound. @internal */
  readonly generation: number;
  /** Whether its series cannot be made, and nothing would be lost with the cell. @internal */
  readonly isDispensable: boolean;
  /** Moves to the series of that entry. False: the entry has another generation. @internal */
  goTo(arena: Arena, entry: number, generation: number): boolean;
}

/** A counter's cell. */
export interface CounterCell extends Cell<number> {
  /** Stores the newest exemplar. @internal */
  exemplify(exemplar: Exemplar): void;
  /** Adds a number, already validated. */
  add(value: number): void;
}

/** The contribution of one isolate to a gauge. */
export interface Gauged {
  readonly value: number;
  /** Whether the value is a time. Of several times the latest counts, while other values are added up. */
  readonly isTime: boolean;
  /** Whether the gauge was only added to, and never set. Then the value is added to a shared value. */
  readonly isAdded?: boolean;
}

/** A gauge's cell. Its contribution is null until the first update, and then the isolate does not take part. */
export interface GaugeCell extends Cell<Gauged> {
  /** Sets the value to a number, already validated. */
  set(value: number): void;
  /** Sets the value to a time. If the values of the writers are added up, the latest time is shown instead. */
  setTime(value: number): void;
  /** Adds a number, already validated, to the value. */
  add(value: number): void;
}

/** The contribution of one isolate to a histogram. */
export interface Observed {
  /** The sum of the observed values. */
  readonly sum: number;
  /** A count for each bucket, not cumulative, `+Inf` last. */
  readonly counts: readonly number[];
  /** The sparse buckets of a native histogram that has any values. */
  readonly sparse?: Sparse;
}

/** Sparse buckets. */
export interface Sparse {
  /** The resolution, from -4 to 8. */
  readonly schema: number;
  /** Values whose absolute value is at most this are in the zero bucket. */
  readonly zeroThreshold: number;
  readonly zero: number;
  readonly nan: number;
  /** The buckets that have values, in any order: each has a key of the layout, and a count. */
  readonly buckets: readonly (readonly [key: number, count: number])[];
}

/** A histogram's cell. */
export interface HistogramCell extends Cell<Observed> {
  /** Stores the newest exemplar of its bucket. @internal */
  exemplify(exemplar: Exemplar): void;
  /**
   * Records a number, already validated: a finite one, unless it is a native histogram. Returns the number of its classic
   * bucket.
   */
  observe(value: number): number;
}

/** The text of an info, and the time when it was set, in seconds on the machine's monotonic clock. */
export interface InfoValue {
  readonly values: LabelSet;
  readonly time: number;
}

/** An info's cell. Its contribution is null until the info is set. */
export interface InfoCell extends Cell<InfoValue> {
  /** Sets the info. */
  set(value: InfoValue): void;
}

/** A value and how often it was observed. */
export type Point = readonly [value: number, weight: number];

/** The contribution of one isolate to a summary. */
export interface Summarized {
  /** How many values were observed. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /**
   * The windows with values, by ascending number. With more than 32 values, the points of a window are the middles of
   * bins.
   */
  readonly windows: readonly { readonly number: number; readonly points: readonly Point[] }[];
}

/** A summary's cell. */
export interface SummaryCell extends Cell<Summarized> {
  /** Records a finite number, already validated. */
  observe(value: number): void;
}
