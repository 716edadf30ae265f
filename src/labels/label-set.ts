// Labels of one series, as users give them and as a series has them.

/** Labels of one series: a value for some or all of the label names. */
export type LabelValues<T extends string> = Partial<Record<T, string | number>>;

/** Labels as they come: any names, any values. */
export type LabelSet = Readonly<Record<string, unknown>>;

/** Labels of which the names are not known here. */
export type Labels = LabelValues<string>;

/** A series, as far as its labels are concerned. @internal */
export interface Labelled {
  /** In the order in which they are printed, without default labels. */
  readonly labels: LabelSet;
}
