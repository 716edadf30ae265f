// Quantiles of the counts in buckets.

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
