// The effect of settings on metrics, including those that the application makes itself.

import { register } from '../../index';
import { setMetricPolicy } from '../metrics/policy';
import type { Settings } from './settings';

/** Applies the settings of metrics in this isolate. Metrics that exist already are unchanged. @internal */
export function applySettings(settings: Settings): void {
  const { labels, buckets, exclude, seriesLimit, maxSeries } = settings;
  // The heap reads its limits from these variables when the first metric is made.
  if (seriesLimit !== undefined) process.env['MPMETRICS_SERIES_LIMIT'] = String(seriesLimit);
  if (maxSeries !== undefined) process.env['MPMETRICS_MAX_SERIES'] = String(maxSeries);
  if (exclude.length > 0 || Object.keys(buckets).length > 0) {
    setMetricPolicy({
      isLeftOut: matcherOf(exclude),
      buckets: (name) => (Object.hasOwn(buckets, name) ? buckets[name] : undefined),
    });
  }
  if (Object.keys(labels).length > 0) keepLabels(labels);
}

/** Whether a name is in the list, or begins with an item that ends in `*`. */
function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

/** Adds the operator's labels to the application's own default labels, which take precedence. */
function keepLabels(labels: Settings['labels']): void {
  const { setDefaultLabels } = register;
  register.setDefaultLabels = function setDefaultLabelsToo(own: object): void {
    setDefaultLabels.call(this, { ...labels, ...own });
  };
  register.setDefaultLabels({});
}
