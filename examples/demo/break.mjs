// What the demo's check is checked with: histograms that are updated carelessly, as if nobody else ever looked.
import { layout } from '#binding';

/**
 * From now on, every histogram of this process stores its bucket and its sum with no sequence number around them, and
 * with no intent written down. A scrape in between sees half of an update. Reaches into the package: no user can do that.
 *
 * @param {import('mpmetrics').Histogram} histogram any without labels, by which the inner class is found
 */
export function breakHistograms(histogram) {
  const { prototype } = histogram[Symbol.for('mpmetrics.series')].unlabelled.constructor;
  if (!prototype.add) throw new Error('The histograms here do not store by themselves.');
  const { histogramBuckets, histogramSum } = layout();
  prototype.add = function (bucket, observations, sum) {
    this.f64[this.word + histogramBuckets + bucket] += observations;
    this.f64[this.word + histogramSum] += sum;
  };
}
