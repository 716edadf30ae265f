// What prom-client keeps of a metric's series in `hashMap`, made when somebody looks there: some packages and tests do.

import type { Exemplar } from '../labels/exemplar';
import type { LabelSet } from '../labels/label-set';
import type { MetricType } from '../present/metric-object';
import type { Measured } from '../present/samples';

/** One series as prom-client keeps it. @internal */
export interface HashMapEntry {
  labels: LabelSet;
  /** A counter's or a gauge's. */
  value?: number;
  /** A histogram's, by the bounds of its buckets; not cumulative. */
  bucketValues?: Record<string, number>;
  /** A histogram's that takes exemplars, likewise; `-1` stands for the bucket without a bound. */
  bucketExemplars?: Record<string, Exemplar | null>;
  /** A counter's. */
  exemplar?: Exemplar;
  /** A histogram's or a summary's. */
  sum?: number;
  /** A histogram's or a summary's. */
  count?: number;
}

/** prom-client's key of a series: its labels strung together in alphabetical order. @internal */
export function hashOf(labels: LabelSet): string {
  const names = Object.keys(labels).filter((name) => labels[name] !== undefined);
  names.sort();
  return names.map((name) => `${name}:${labels[name] as string},`).join('');
}

/** What this isolate has recorded in one series. @internal */
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
