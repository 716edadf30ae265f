// What settings do to metrics: those that the application makes itself included.

import { register } from '../../index';
import { setMetricPolicy } from '../metrics/policy';
import type { Settings } from './settings';

/** Applies the settings of metrics in this isolate. What was made before is left as it is. @internal */
export function applySettings({ labels, buckets, exclude, seriesLimit }: Settings): void {
  // The heap reads its limit from there when the first metric is made.
  if (seriesLimit !== undefined) process.env['MPMETRICS_SERIES_LIMIT'] = String(seriesLimit);
  if (exclude.length > 0 || Object.keys(buckets).length > 0) {
    setMetricPolicy({
      isLeftOut: matcherOf(exclude),
      buckets: (name) => (Object.hasOwn(buckets, name) ? buckets[name] : undefined),
    });
  }
  if (Object.keys(labels).length > 0) keepLabels(labels);
}

/** Whether a name is one of those, or begins as one with a `*` at its end. */
function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.slice(0, -1));
  return (name) => names.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
}

/** The application's own default labels are added to those of the operator, and take precedence. */
function keepLabels(labels: Settings['labels']): void {
  const { setDefaultLabels } = register;
  register.setDefaultLabels = function setDefaultLabelsToo(own: object): void {
    setDefaultLabels.call(this, { ...labels, ...own });
  };
  register.setDefaultLabels({});
}
