// The interfaces of cells: the same for a cell in shared memory, one of this process alone, and a group.

import type { Arena } from '../heap/arena';
import type { Exemplar } from '../labels/exemplar';
import type { Labelled, LabelSet } from '../labels/label-set';
import type { Family } from '../heap/family';

/** The methods of every cell. */
export interface Cell<Contribution> {
  /** The labels of the series, in the order in which they are printed, without default labels. */
  readonly labels: LabelSet;
  /** Makes the series appear, if it is not there. */
  show(): void;
  /** The contribution of this isolate; null when there is none, or when it can't be read. */
  read(): Contribution | null;
  /** Adds a contribution that was read from another cell. */
  merge(contribution: Contribution): void;
  /** The cells that it consists of, in heaps: none where it lies in no heap. @internal */
  parts(): readonly HeapCell<Contribution>[];
  /** The newest exemplar of each bucket that this isolate has left, if the cell can carry exemplars. @internal */
  readonly exemplars?: readonly (Exemplar | undefined)[] | null;
  /** Leaves the newest exemplar of its bucket, if the cell can carry any: a counter has one bucket. @internal */
  exemplify?(exemplar: Exemplar): void;
}

/** A cell in a heap. */
export interface HeapCell<Contribution> extends Cell<Contribution> {
  /** The family whose series it updates. @internal */
  readonly family: Family;
  /** Takes this isolate's contribution to the series back. @internal */
  withdraw(): void;
}

/** A cell that can go from series to series. */
export interface Movable {
  /** Its series. @internal */
  series: Labelled;
  /** The place of the entry in the writer's directory by which it is bound; 0 where it is not. @internal */
  readonly entry: number;
  /** The generation to which it is bound. @internal */
  readonly generation: number;
  /** Whether it can't be bound since its metric has as many series as it may have. @internal */
  readonly isRefused: boolean;
  /** Goes to the series that is bound by that entry, unless the generation there is another one by now. @internal */
  goTo(arena: Arena, entry: number, generation: number): boolean;
}

/** A counter's cell. */
export interface CounterCell extends Cell<number> {
  /** Leaves the newest exemplar of its bucket. @internal */
  exemplify(exemplar: Exemplar): void;
  /** Adds a number, already validated. */
  add(value: number): void;
}

/** The contribution of one isolate to a gauge. */
export interface Gauged {
  readonly value: number;
  /** Whether it is a time: of those the latest counts, where others are added up. */
  readonly isTime: boolean;
  /** Whether it was never set, only added to: then it is added to a value that all writers share. */
  readonly isAdded?: boolean;
}

/** A gauge's cell. Its contribution is null until it was set: until then it takes no part. */
export interface GaugeCell extends Cell<Gauged> {
  /** Sets the value to a number, already validated. */
  set(value: number): void;
  /** Sets the value to a time: where the writers' values are added up, the latest is shown instead. */
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
  /** Leaves the newest exemplar of its bucket. @internal */
  exemplify(exemplar: Exemplar): void;
  /** Records a number, already validated: a finite one, unless it is a native histogram. */
  observe(value: number): void;
}

/** The text of an info, and the time of its setting, in seconds since the epoch. */
export interface Told {
  readonly values: LabelSet;
  readonly time: number;
}

/** An info's cell. Its contribution is null until anything was told. */
export interface InfoCell extends Cell<Told> {
  /** Tells something else. */
  tell(told: Told): void;
}

/** A value and how often it was observed. */
export type Point = readonly [value: number, weight: number];

/** The contribution of one isolate to a summary. */
export interface Summarized {
  /** How many values were observed. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The windows that have any values, by ascending number. From 33 values on, a window has the middles of bins. */
  readonly windows: readonly { readonly number: number; readonly points: readonly Point[] }[];
}

/** A summary's cell. */
export interface SummaryCell extends Cell<Summarized> {
  /** Records a finite number, already validated. */
  observe(value: number): void;
}
