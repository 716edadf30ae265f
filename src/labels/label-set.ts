// Labels of one series, as users give them and as a series has them.

/** Labels of one series: a value for some or all of the label names. */
export type LabelValues<T extends string> = Partial<Record<T, string | number>>;

/** Labels as the caller gives them: any names, any values. */
export type LabelSet = Readonly<Record<string, unknown>>;

/** Labels whose names are not known at compile time. */
export type Labels = LabelValues<string>;

/** A series, reduced to its labels. @internal */
export interface Labelled {
  /** In the order in which they are printed, without default labels. */
  readonly labels: LabelSet;
}
