'use strict';

// The helpers of `lib/util` in both clients. mpmetrics itself does not use them.

const hashObject = (labels, names = Object.keys(labels).toSorted()) =>
  names
    .filter((name) => labels[name] !== undefined)
    .map((name) => `${name}:${labels[name]},`)
    .join('');

const isObject = (value) => typeof value === 'object' && value !== null;

/** A number as printed in the exposition. */
function getValueAsString(value) {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return `${value}`;
  return value < 0 ? '-Inf' : '+Inf';
}

/** The labels given by an object, or by a value for each name. */
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
  isObject,
  nowTimestamp: () => Date.now() / 1000,
};
