// What a class of metrics says of itself: its type, its cells, and what its declaration needs.

import type { Family } from '../heap/family';
import type { FamilySpec } from '../heap/native';
import type { Labelled, LabelSet } from '../labels/label-set';
import type { MetricType } from '../present/metric-object';
import type { Measured, Sample, Value } from '../present/samples';

/** Makes the cells of a class of metrics: one function for each sort of cell. @internal */
export interface CellFactory<Child> {
  direct(family: Family, series: Labelled): Child;
  native(family: Family, series: Labelled): Child;
  local(labels: LabelSet): Child;
  group(labels: LabelSet, members: Child[]): Child;
}

/** What a metric is, apart from what it has measured. @internal */
export interface MetricDescriptor<Child> {
  readonly type: MetricType;
  readonly cells: CellFactory<Child>;
  /** The values of samples, in prom-client's shape. */
  values(metric: { readonly name: string }, samples: readonly Sample[]): Value[];
  /** What a cell has recorded in this isolate; null: nothing that can be shown. */
  measured(cell: Child): (Measured & Partial<Pick<Sample, 'added'>>) | null;
  /** Whether its cells can carry exemplars. */
  readonly hasExemplars?: boolean;
  /** Whether each update that sets a series has it shown with the labels that were given last, and not first. */
  readonly showsLast?: boolean;
  /** Whether its cells hold state outside the heap. */
  readonly hasState?: boolean;
  /** The label that its exposition needs for itself, if any. */
  readonly reserved?: string;
  /** The upper bounds of its buckets, or the ranks of its quantiles. */
  readonly bounds?: readonly number[];
  /** What else its declaration says. */
  readonly declaration?: Partial<FamilySpec>;
}
