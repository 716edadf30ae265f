'use strict';

const { inspect } = require('util');
const { validateMetricName } = require('./shared');

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function validateLabelName(names = []) {
  return names.every((name) => LABEL_NAME.test(name));
}

function validateLabel(names, labels) {
  for (const name in labels) {
    if (names.includes(name)) continue;
    throw new Error(`Added label "${name}" is not included in initial labelset: ${inspect(names)}`);
  }
}

module.exports = { validateLabel, validateLabelName, validateMetricName };
