// The descriptor of a class of metrics: its type, its cells, how it is read, and how it is declared.

import type { Family } from '../heap/family';
import type { FamilySpec } from '../heap/native';
import { exemplarFilter, type ExemplarFilter } from '../instrument/active-span';
import type { Labelled, LabelSet } from '../labels/label-set';
import type { MetricType } from '../present/metric-object';
import type { Measured, Sample, Value } from '../present/samples';

/** Makes the cells of a class of metrics, one method for each sort of cell. @internal */
export interface CellFactory<Child> {
  direct(family: Family, series: Labelled): Child;
  native(family: Family, series: Labelled): Child;
  local(labels: LabelSet): Child;
  group(labels: LabelSet, members: Child[]): Child;
  /** Has a cell in a heap take exemplars from the active span; absent where none are wanted. */
  sampled?(cell: Child): Child;
}

/**
 * The same cells, which take exemplars from the active span, unless the environment wants none.
 *
 * @param sampled Has a cell take exemplars from the spans of that choice.
 * @internal
 */
export function sampledCells<Child>(
  cells: CellFactory<Child>,
  sampled: (cell: Child, filter: ExemplarFilter) => Child,
): CellFactory<Child> {
  const filter = exemplarFilter();
  return filter === 'always_off' ? cells : { ...cells, sampled: (cell) => sampled(cell, filter) };
}

/** The differences between the classes of metrics, apart from their updates. @internal */
export interface MetricDescriptor<Child> {
  readonly type: MetricType;
  readonly cells: CellFactory<Child>;
  /** The values of samples, in prom-client's shape. */
  values(metric: { readonly name: string }, samples: readonly Sample[]): Value[];
  /** The contribution of a cell to its sample; null: there is nothing to show. */
  measured(cell: Child): (Measured & Partial<Pick<Sample, 'added'>>) | null;
  /** Whether its cells can carry exemplars. */
  readonly hasExemplars?: boolean;
  /** Whether its exemplars come from the active span. */
  readonly isTraced?: boolean;
  /** Whether its cells hold state outside the heap. */
  readonly hasState?: boolean;
  /** The label that its exposition needs for itself, if any. */
  readonly reserved?: string;
  /** The upper bounds of its buckets, or the ranks of its quantiles. */
  readonly bounds?: readonly number[];
  /** Further parts of its declaration. */
  readonly declaration?: Partial<FamilySpec>;
}
