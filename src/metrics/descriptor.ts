// What the classes of metrics say of themselves: their type, their cells, and what their declarations need.

import type { Family } from '../heap/family';
import type { FamilySpec } from '../heap/native';
import type { Labelled, LabelSet } from '../labels/label-set';
import type { MetricType } from '../present/metric-object';

/** How the cells of a kind are made: one function for each sort. @internal */
export interface CellSorts<Child> {
  direct(family: Family, series: Labelled): Child;
  native(family: Family, series: Labelled): Child;
  local(labels: LabelSet): Child;
  group(labels: LabelSet, members: Child[]): Child;
}

/** What a metric is, apart from what it has measured. @internal */
export interface Kind<Child> {
  readonly type: MetricType;
  /** How its cells are made. */
  readonly sorts: CellSorts<Child>;
  /** Whether its cells can carry exemplars. */
  readonly hasExemplars?: boolean;
  /** Whether each update that sets a series has it shown with the labels that were given last, and not first. */
  readonly showsLast?: boolean;
  /** Whether its cells remember what is in no memory. */
  readonly hasMemory?: boolean;
  /** The label that its exposition needs for itself, if any. */
  readonly reserved?: string;
  /** The upper bounds of its buckets, or the ranks of its quantiles. */
  readonly bounds?: readonly number[];
  /** What else its declaration says. */
  readonly declaration?: Partial<FamilySpec>;
}
