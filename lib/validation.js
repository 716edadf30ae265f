'use strict';

const { inspect } = require('util');
const { validateMetricName } = require('mpmetrics');

/** The names that no label can have: a label name is a metric name without colons. */
function invalidLabelNames(names = []) {
  return names.filter((name) => !validateMetricName(name) || `${name}`.includes(':'));
}

function validateLabel(names, labels) {
  for (const name in labels) {
    if (names.includes(name)) continue;
    throw new Error(`Added label "${name}" is not included in initial labelset: ${inspect(names)}`);
  }
}

module.exports = { invalidLabelNames, validateLabel, validateMetricName };
