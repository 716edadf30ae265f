'use strict';

const {
  invalidLabelNames,
  validateLabel,
  validateMetricName,
} = require('mpmetrics/lib/validation');

module.exports = { validateLabel, validateLabelName: invalidLabelNames, validateMetricName };
