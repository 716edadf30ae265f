// What the demo's check is checked with: histograms that are updated carelessly, as if nobody else ever looked.
import { layout } from '#binding';

/**
 * From now on, every histogram of this process stores its bucket and its sum with no sequence number around them, and
 * with no intent written down. A scrape in between sees half of an update. Reaches into the package: no user can do that.
 *
 * @param {import('mpmetrics').Histogram} histogram any without labels, by which the inner class is found
 */
export function breakHistograms(histogram) {
  const { prototype } = histogram.bare.constructor;
  const { histogramBuckets, histogramSum } = layout();
  const { observe } = prototype;

  prototype.observe = function (value) {
    // The first observation finds the cell its memory, as it should.
    if (!this.isBound) {
      observe.call(this, value);
      return;
    }
    const above = this.family.bounds.findIndex((bound) => value <= bound);
    const bucket = above < 0 ? this.family.bounds.length : above;
    this.f64[this.word + histogramBuckets + bucket] += 1;
    this.f64[this.word + histogramSum] += value;
  };
}
