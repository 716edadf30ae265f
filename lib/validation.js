'use strict';

const { inspect } = require('util');
const { validateMetricName } = require('mpmetrics');

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The names that no label can have. */
function invalidLabelNames(names = []) {
  return names.filter((name) => !LABEL_NAME.test(name));
}

function validateLabel(names, labels) {
  for (const name in labels) {
    if (names.includes(name)) continue;
    throw new Error(`Added label "${name}" is not included in initial labelset: ${inspect(names)}`);
  }
}

module.exports = { invalidLabelNames, validateLabel, validateMetricName };
