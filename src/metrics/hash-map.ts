// prom-client's `hashMap`, made on demand. Some packages and tests read it.

import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import type { MetricType } from '../present/metric-object';
import type { Measured } from '../present/samples';

/** A series in prom-client's form. @internal */
export interface HashMapEntry {
  labels: LabelSet;
  /** Of a counter or a gauge. */
  value?: number;
  /** Of a histogram, by the bounds of its buckets; not cumulative. */
  bucketValues?: Record<string, number>;
  /** Of a histogram that takes exemplars, likewise; `-1` is the bucket without a bound. */
  bucketExemplars?: Record<string, Exemplar | null>;
  /** Of a counter. */
  exemplar?: Exemplar;
  /** Of a histogram or a summary. */
  sum?: number;
  /** Of a histogram or a summary. */
  count?: number;
}

/** prom-client's key of a series: its labels in alphabetical order, as one text. @internal */
export function hashOf(labels: LabelSet): string {
  const names = Object.keys(labels).filter((name) => labels[name] !== undefined);
  names.sort();
  return names.map((name) => `${name}:${labels[name] as string},`).join('');
}

/** This isolate's contribution to one series. @internal */
export function entryOf(
  { type, enableExemplars }: { type: MetricType; enableExemplars: boolean },
  labels: LabelSet,
  { value, sum, counts, count = 0, exemplars = [] }: Measured,
  bounds: readonly number[],
): HashMapEntry {
  if (type === 'summary') return { labels, sum, count };
  const [exemplar] = exemplars;
  if (type !== 'histogram') return { value, labels, ...(exemplar && { exemplar }) };
  const bucketValues = Object.fromEntries(
    bounds.map((bound, bucket) => [bound, counts[bucket] ?? 0]),
  );
  const total = counts.reduce((all, one) => all + one, 0);
  const entry = { labels, bucketValues, sum, count: total };
  if (!enableExemplars) return entry;
  const last = exemplars[bounds.length];
  const byBound = bounds.map((bound, bucket) => [bound, exemplars[bucket] ?? null] as const);
  const bucketExemplars = { ...Object.fromEntries(byBound), ...(last && { '-1': last }) };
  return { ...entry, bucketExemplars };
}
