// Values of series, as data for JSON and as numbers for display.

import type { Family } from './reading';
import { number, quantity, unitOf } from './units';

/** A series of a family. @internal */
export type Series = Family['series'][number];

/** The labels of a series, in their order. @internal */
export function labelsOf(series: Series): [name: string, value: string][] {
  const { labels } = series;
  return Array.from({ length: labels.length / 2 }, (_, index) => [
    labels[2 * index] as string,
    labels[2 * index + 1] as string,
  ]);
}

/** The value of a label. @internal */
export function labelOf({ labels }: Series, name: string): string | undefined {
  for (let index = 0; index < labels.length; index += 2) {
    if (labels[index] === name) return labels[index + 1];
  }
  return undefined;
}

/** Whether the values of a family are counts: of observations, or a value that only grows. @internal */
export function isCounted({ kind }: Family): boolean {
  return kind === 'counter' || kind === 'histogram' || kind === 'summary';
}

/** The count of a series, or its value. @internal */
export function valueOf({ value, count }: Series): number {
  return value ?? count ?? NaN;
}

/** The value of a series, for display. @internal */
export function valueText(family: Family, series: Series): string {
  const { kind, name, states } = family;
  if (kind === 'enum') return states[series.value ?? -1] ?? '?';
  if (kind === 'histogram' || kind === 'summary') return number(valueOf(series));
  return quantity(valueOf(series), unitOf(name));
}

/**
 * A quantile of a histogram, as Prometheus' `histogram_quantile` estimates it; NaN without observations.
 *
 * @param quantile From 0 to 1.
 * @param bounds The upper bounds, without `+Inf`.
 * @param counts The counts of the buckets, not cumulative, `+Inf` last.
 * @internal
 */
export function histogramQuantile(
  quantile: number,
  bounds: readonly number[],
  counts: readonly number[],
): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0 || bounds.length === 0) return NaN;
  const rank = quantile * total;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (below + count < rank || count === 0) {
      below += count;
      continue;
    }
    const upper = bounds[index];
    if (upper === undefined) return bounds.at(-1) as number;
    const lower = index === 0 ? Math.min(0, upper) : (bounds[index - 1] as number);
    if (index === 0 && upper <= 0) return upper;
    return lower + (upper - lower) * ((rank - below) / count);
  }
  return bounds.at(-1) as number;
}
