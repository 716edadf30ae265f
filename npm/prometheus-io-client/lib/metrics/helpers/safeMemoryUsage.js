'use strict';

module.exports = require('mpmetrics/lib/metrics/helpers/safeMemoryUsage');
