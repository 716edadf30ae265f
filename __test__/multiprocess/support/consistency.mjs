// Conditions of every single read, even during updates and kills.
import { readLabels } from '../../../examples/demo/exposition.mjs';

/** Values of gauges that only increase. */
const RISING = new Set(['gauge_shared']);
/** Families with one sample of 1, and 0 for all others. */
const EXCLUSIVE = new Set(['info_info', 'states']);

/** Compares each read with the previous one. */
export class Consistency {
  #last = new Map();

  /**
   * @param {ReturnType<typeof import('../../../examples/demo/exposition.mjs').parse>} families one read
   * @returns {string[]} its errors
   */
  check(families) {
    const wrong = [];
    for (const [name, { type, samples }] of families) {
      if (type === 'histogram') wrong.push(...checkHistogram(name, samples));
      wrong.push(...checkQuarters(name, samples));
      if (EXCLUSIVE.has(name)) wrong.push(...checkExclusive(name, samples));
      if (type === 'gauge' && !RISING.has(name)) continue;
      for (const [key, value] of samples) {
        // Quantiles come and go.
        if (key.startsWith(`${name}{quantile`)) continue;
        const before = this.#last.get(key) ?? 0;
        if (!(value >= before)) wrong.push(`${key} went from ${before} to ${value}`);
        this.#last.set(key, value);
      }
    }
    for (const key of this.#last.keys()) {
      const isShown = [...families.values()].some(({ samples }) => samples.has(key));
      if (!isShown) wrong.push(`${key} has vanished`);
    }
    return wrong;
  }
}

/** Buckets never decrease towards +Inf, and +Inf equals the count. */
function checkHistogram(name, samples) {
  const wrong = [];
  const reached = new Map();
  for (const [key, value] of samples) {
    const [, sample, labels = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(key);
    const { le, ...own } = readLabels(labels);
    const series = JSON.stringify(own);
    if (sample === `${name}_bucket`) {
      if (value < (reached.get(series) ?? 0)) wrong.push(`${key} ${value} is below the one before`);
      reached.set(series, value);
      reached.set(`${series} ${le}`, value);
    }
    if (sample === `${name}_count`) {
      const infinite = reached.get(`${series} +Inf`);
      if (value !== infinite) wrong.push(`${key} ${value} is not that of +Inf, ${infinite}`);
    }
  }
  return wrong;
}

/** Histograms of this name observe only 0.25. */
function checkQuarters(name, samples) {
  if (!name.startsWith('quarters')) return [];
  // A family exists before its first series.
  const [sum = 0, count = 0] = ['sum', 'count'].map((sample) => samples.get(`${name}_${sample}`));
  return sum === 0.25 * count ? [] : [`${name} has a sum of ${sum} and a count of ${count}`];
}

/** Only one value is set at a time, once there is any. */
function checkExclusive(name, samples) {
  const said = [...samples.values()].filter((value) => value === 1);
  if (samples.size === 0 || said.length === 1) return [];
  return [`${name} says ${said.length} things at once`];
}
