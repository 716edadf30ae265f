// A generated metric, and the family that a parser must read of it.
import * as fc from 'fast-check';
import type { Registry, RegistryContentType } from '../../index';
import type { Format, ReadFamily, ReadSample } from './reader';
import { encoded } from './values';

/** A registry that shows exemplars. */
type AnyRegistry = Registry<RegistryContentType>;
/** Labels as a parser reads them. */
export type Labels = Record<string, string>;

/** One metric of a generated registry. */
export interface GeneratedMetric {
  [fc.toStringMethod](): string;
  /** Makes and updates the metric. */
  make(registry: AnyRegistry, index: number): void;
  /** The family that a parser must read. */
  expected(format: Format, defaults: Labels, index: number): ReadFamily;
}

/** The text of a counterexample. */
export function describing(...generated: object[]): () => string {
  return () => fc.stringify(generated);
}

/** A sample without an exemplar. -0 is printed as 0. */
export function sample(name: string, labels: Labels, value: number): ReadSample {
  return { name, labels, value: value + 0, exemplar: null };
}

/** A sample with its last exemplar, if the format has exemplars. */
export function exemplified(
  read: ReadSample,
  format: Format,
  updates: readonly Update[],
): ReadSample {
  const last = updates.findLast(({ labels }) => labels !== null);
  if (format === 'text' || !last?.labels) return read;
  const labels = { trace_id: encoded(last.labels.trace_id) };
  return { ...read, exemplar: { labels, value: last.value + 0 } };
}

/** An update, with its exemplar if it has one. */
interface Update {
  value: number;
  labels: { trace_id: string } | null;
}

/** The samples that a format shows: OpenMetrics omits values that are negative or NaN. */
export function shown(format: Format, ...samples: ReadSample[]): ReadSample[] {
  return samples.filter(({ value }) => format === 'text' || value >= 0);
}

/** The sum, added up in the order of the updates. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
