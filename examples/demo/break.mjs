// Careless updates of histograms, for a test of the demo's check.
import { layout } from '#binding';

/**
 * From now on, every histogram of this process stores its bucket and its sum without a sequence number and without an
 * intent. A scrape in between sees half of an update. This uses internals of the package that users cannot reach.
 *
 * @param {import('mpmetrics').Histogram} histogram any histogram without labels, which leads to the internal class
 */
export function breakHistograms(histogram) {
  const { prototype } = histogram[Symbol.for('mpmetrics.series')].unlabelled.constructor;
  if (!prototype.add) throw new Error('The histograms here do not store by themselves.');
  const { histogramBuckets, histogramSum } = layout;
  prototype.add = function (bucket, observations, sum) {
    this.f64[this.word + histogramBuckets + bucket] += observations;
    this.f64[this.word + histogramSum] += sum;
  };
}
