// The events that the server's thread sends to the page, as JSON. JSON has no NaN and no infinities.

import type { MetricFamily, SeriesLabels } from './metric-family';
import type { Sparse } from './sparse-scale';

/** A number: infinities are texts, and NaN is null. @internal */
export type PageNumber = number | '+Inf' | '-Inf' | null;

/** A histogram's value. @internal */
export interface PageHistogram {
  readonly count: number;
  readonly sum: PageNumber;
  /** The counts of the classic buckets, not cumulative, `+Inf` last. */
  readonly counts: readonly number[];
  readonly sparse?: Sparse;
}

/** A summary's value. @internal */
export interface PageSummary {
  readonly count: number;
  readonly sum: PageNumber;
  /** The values of the quantiles, in the order of the ranks. */
  readonly quantiles: readonly PageNumber[];
}

/** The value of a series: a number, the state of an enum as an object, or a distribution. @internal */
export type PageValue = PageNumber | PageHistogram | PageSummary | { readonly state: string };

/** A family in the list of all. @internal */
export interface PageHead {
  readonly name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  /** The number of series. */
  readonly size: number;
  /** Whether its values are sent at all times, and not only while the page asks for them by name. */
  readonly isKept: boolean;
  /** The upper bounds of a histogram without `+Inf`, or the ranks of a summary. */
  readonly bounds: readonly number[];
  /** The states of an enum. */
  readonly states: readonly string[];
}

/** The event `values`: a reading. @internal */
export interface PageValues {
  /** Seconds since the Unix epoch. */
  readonly time: number;
  /** All families of the reading, also those without a change. */
  readonly families: readonly PageChange[];
}

/** The changes of a family since the last event of this stream. @internal */
export interface PageChange {
  readonly name: string;
  /** The labels of all series, if other series are there than before. */
  readonly labels?: readonly SeriesLabels[];
  /** The series with other values than before: their indexes, and their values. */
  readonly values: readonly (readonly [index: number, value: PageValue])[];
}

/** The event `health`. @internal */
export interface PageHealth {
  /** The heap's name; null without one, and while metrics are switched off. */
  readonly name: string | null;
  /** The path of the metrics. */
  readonly path: string;
  /** Why the heap cannot be read; null if it can. */
  readonly problem: string | null;
  readonly writers: number;
  readonly processes: number;
  /** The isolates whose event loops have not turned. */
  readonly blocked: readonly { readonly pid: number; readonly thread: number }[];
  readonly bytes: number;
  readonly usedBytes: number;
  readonly series: number;
  readonly families: number;
  readonly droppedSeries: number;
  /** Whether a part of the application has another heap, so that this page is not the whole. */
  readonly isPartial: boolean;
  /** When the heap was made, in seconds since the Unix epoch. */
  readonly createdAt: number;
}
