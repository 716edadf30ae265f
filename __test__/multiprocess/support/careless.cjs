// Incorrect updates on purpose: a bucket and a sum without a sequence number, with time in between. The checks must
// detect them.
const { layout } = require('#binding');

const { histogramBuckets, histogramIntentSum, histogramSum } = layout;

/**
 * Returns a function that observes 0.25 in that histogram, carelessly.
 *
 * Uses internals of the package, in the direct tier only. The histogram has no labels, and already has an observation.
 */
exports.carelessly = function carelessly(histogram) {
  const { f64, word, buckets } = histogram[Symbol.for('mpmetrics.series')].children.find({});
  const bucket = word + histogramBuckets + buckets.of(0.25);
  const sum = word + histogramSum;
  return () => {
    f64[bucket] += 1;
    for (let pause = 0; pause < 20; pause += 1) f64[word + histogramIntentSum] = 0;
    f64[sum] += 0.25;
  };
};
