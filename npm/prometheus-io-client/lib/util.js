'use strict';

// @prometheus-io/client's helpers, for those who import them: nothing here is used by mpmetrics.

const hashObject = (labels, names = Object.keys(labels).toSorted()) =>
  names
    .filter((name) => labels[name] !== undefined)
    .map((name) => `${name}:${labels[name]},`)
    .join('');

const isObject = (value) => typeof value === 'object' && value !== null;

const numberOr0 = (value) => (typeof value === 'number' ? value : 0);

/** A number as the exposition has it. */
function getValueAsString(value) {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return `${value}`;
  return value < 0 ? '-Inf' : '+Inf';
}

/** The labels that are meant by an object, or by a value for each name. */
function getLabels(names, given) {
  if (typeof given[0] === 'object') return given[0];
  if (given.length === names.length) {
    return Object.fromEntries(names.map((name, index) => [name, given[index]]));
  }
  throw new Error(
    `Invalid number of arguments (${given.length}): "${given.join(', ')}" for label names ` +
      `(${names.length}): "${names.join(', ')}".`,
  );
}

function setValue(series, value, labels) {
  return series.set(hashObject(labels), { value: numberOr0(value), labels: labels || {} });
}

function setValueDelta(series, delta, labels, hash = '') {
  const known = series.get(hash);
  if (known === undefined) series.set(hash, { value: numberOr0(delta), labels });
  else known.value += numberOr0(delta);
  return series;
}

function removeLabels(series, labels, sortedNames) {
  series.delete(hashObject(labels, sortedNames));
}

function isEmpty(value) {
  for (const _ in value) return false;
  return true;
}

/** What the promise gives, unless that takes longer than so many milliseconds. */
async function waitFor(promise, limit = 5000) {
  let timer;
  const end = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('Timeout')), limit);
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

/** A `Map` of lists. */
class Grouper extends Map {
  add(key, value) {
    if (this.has(key)) this.get(key).push(value);
    else this.set(key, [value]);
  }
}

module.exports = {
  getLabels,
  getValueAsString,
  Grouper,
  hashObject,
  isEmpty,
  isObject,
  nowTimestamp: () => Date.now() / 1000,
  removeLabels,
  setValue,
  setValueDelta,
  waitFor,
};
