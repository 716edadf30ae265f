'use strict';

const { Summary } = require('mpmetrics');

/** The quantiles of what was observed lately: those of a summary that no registry shows. */
module.exports = class TimeWindowQuantiles {
  #summary;

  constructor(maxAgeSeconds, ageBuckets) {
    this.maxAgeSeconds = maxAgeSeconds || 0;
    this.ageBuckets = ageBuckets || 0;
    this.reset();
  }

  /** How many values there are. */
  size() {
    const { windows } = this.#summary.bare.read();
    return windows.flatMap(({ points }) => points).reduce((sum, [, weight]) => sum + weight, 0);
  }

  percentile(rank) {
    if (this.size() === 0) return undefined;
    this.#summary.percentiles = [rank];
    return this.#summary.shareOf(this.#summary.bare).quantiles[0];
  }

  push(value) {
    this.#summary.observe(value);
  }

  reset() {
    const { maxAgeSeconds, ageBuckets } = this;
    const about = { name: 'quantiles', help: 'Shown by no registry', registers: [] };
    this.#summary = new Summary({ ...about, maxAgeSeconds, ageBuckets });
  }

  /** There is nothing to do. */
  compress() {}
};
