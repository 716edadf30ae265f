// Updates as they must not be: a bucket and a sum with nothing around them, and time in between. It proves the checks.
const { layout } = require('#binding');

const { histogramBuckets, histogramIntentSum, histogramSum } = layout;

/**
 * A function that observes 0.25 in that histogram, carelessly.
 *
 * Reaches into the package, direct tier only. The histogram has no labels, and was observed before.
 */
exports.carelessly = function carelessly(histogram) {
  const { f64, word, family } = histogram.children.find({});
  const bucket = word + histogramBuckets + family.bounds.findIndex((bound) => bound >= 0.25);
  const sum = word + histogramSum;
  return () => {
    f64[bucket] += 1;
    for (let pause = 0; pause < 20; pause += 1) f64[word + histogramIntentSum] = 0;
    f64[sum] += 0.25;
  };
};
