'use strict';

// The helpers of `lib/util` that change series. prom-client keeps series in an object, and the newer client in a `Map`.

const { hashObject } = require('./util');

/** Reads, writes and removes entries. */
const OBJECT = {
  read: (series, key) => (series[key] ? series[key] : undefined),
  write: (series, key, entry) => void (series[key] = entry),
  erase: (series, key) => delete series[key],
};
const MAP = {
  read: (series, key) => series.get(key),
  write: (series, key, entry) => series.set(key, entry),
  erase: (series, key) => series.delete(key),
};

const numberOr0 = (value) => (typeof value === 'number' ? value : 0);

const helpersFor = ({ read, write, erase }) => ({
  setValue(series, value, labels) {
    write(series, hashObject(labels), { value: numberOr0(value), labels: labels || {} });
    return series;
  },

  setValueDelta(series, delta, labels, hash = '') {
    const known = read(series, hash);
    if (known === undefined) write(series, hash, { value: numberOr0(delta), labels });
    else known.value += numberOr0(delta);
    return series;
  },

  removeLabels(series, labels, sortedNames) {
    erase(series, hashObject(labels, sortedNames));
  },
});

module.exports = { inMap: helpersFor(MAP), inObject: helpersFor(OBJECT) };
