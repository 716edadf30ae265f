'use strict';

const { Summary } = require('mpmetrics');

/** The inside of a metric. */
const SERIES = Symbol.for('mpmetrics.series');

/** The quantiles of what was observed lately: those of a summary that no registry shows. */
module.exports = class TimeWindowQuantiles {
  #summary;
  #cell;

  constructor(maxAgeSeconds, ageBuckets) {
    this.maxAgeSeconds = maxAgeSeconds || 0;
    this.ageBuckets = ageBuckets || 0;
    this.reset();
  }

  /** How many values there are. */
  size() {
    const { windows } = this.#cell.read();
    return windows.flatMap(({ points }) => points).reduce((sum, [, weight]) => sum + weight, 0);
  }

  percentile(rank) {
    if (this.size() === 0) return undefined;
    return this.#summaryOf([rank])[SERIES].descriptor.measured(this.#cell).quantiles[0];
  }

  push(value) {
    this.#summary.observe(value);
  }

  reset() {
    this.#summary = this.#summaryOf([]);
    this.#cell = this.#summary[SERIES].unlabelled;
  }

  #summaryOf(percentiles) {
    const { maxAgeSeconds, ageBuckets } = this;
    const about = { name: 'quantiles', help: 'Shown by no registry', registers: [] };
    return new Summary({ ...about, percentiles, maxAgeSeconds, ageBuckets });
  }

  /** There is nothing to do. */
  compress() {}
};
