// A generated metric: how it is made, and what a parser must find of it.
import * as fc from 'fast-check';
import type { Registry, RegistryContentType } from '../../index';
import type { Format, ReadFamily, ReadSample } from './reader';
import { encoded } from './values';

/** A registry that shows exemplars. */
type AnyRegistry = Registry<RegistryContentType>;
/** Labels as they are read. */
export type Labels = Record<string, string>;

/** One metric of a generated registry. */
export interface GeneratedMetric {
  [fc.toStringMethod](): string;
  /** Makes and updates it. */
  make(registry: AnyRegistry, index: number): void;
  /** What is read of it. */
  expected(format: Format, defaults: Labels, index: number): ReadFamily;
}

/** What it is printed as where it is a counterexample. */
export function describing(...generated: object[]): () => string {
  return () => fc.stringify(generated);
}

/** A sample without an exemplar. -0 is printed as 0. */
export function sample(name: string, labels: Labels, value: number): ReadSample {
  return { name, labels, value: value + 0, exemplar: null };
}

/** A sample with the exemplar that was given last, if the format has exemplars. */
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

/** An update, and the exemplar that was given along. */
interface Update {
  value: number;
  labels: { trace_id: string } | null;
}

/** The values that are shown, in a format in which they can't be negative or NaN. */
export function shown(format: Format, ...samples: ReadSample[]): ReadSample[] {
  return samples.filter(({ value }) => format === 'text' || value >= 0);
}

/** The sum, added up in the order of the updates. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
