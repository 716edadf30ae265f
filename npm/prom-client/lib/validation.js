'use strict';

const {
  invalidLabelNames,
  validateLabel,
  validateMetricName,
} = require('mpmetrics/lib/validation');

const validateLabelName = (names) => invalidLabelNames(names).length === 0;

module.exports = { validateLabel, validateLabelName, validateMetricName };
