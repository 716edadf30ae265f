// The effect of settings on metrics, including those that the application makes itself.

import { register } from '../../index';
import { matcherOf, setMetricPolicy } from '../metrics/policy';
import type { Settings } from './settings';

/** Applies the settings of metrics in this isolate. Metrics that exist already are unchanged. @internal */
export function applySettings(settings: Settings): void {
  const { labels, buckets, nativeHistograms, exclude, seriesLimit, maxSeries } = settings;
  // The heap reads its limits from these variables when the first metric is made.
  if (seriesLimit !== undefined) process.env['MPMETRICS_SERIES_LIMIT'] = String(seriesLimit);
  if (maxSeries !== undefined) process.env['MPMETRICS_MAX_SERIES'] = String(maxSeries);
  if (exclude.length + nativeHistograms.length + Object.keys(buckets).length > 0) {
    setMetricPolicy({
      isLeftOut: matcherOf(exclude),
      buckets: (name) => (Object.hasOwn(buckets, name) ? buckets[name] : undefined),
      isNative: matcherOf(nativeHistograms),
    });
  }
  if (Object.keys(labels).length > 0) keepLabels(labels);
}

/** Adds the operator's labels to the application's own default labels, which take precedence. */
function keepLabels(labels: Settings['labels']): void {
  const { setDefaultLabels } = register;
  register.setDefaultLabels = function setDefaultLabelsToo(own: object): void {
    setDefaultLabels.call(this, { ...labels, ...own });
  };
  register.setDefaultLabels({});
}
