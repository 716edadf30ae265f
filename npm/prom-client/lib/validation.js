'use strict';

const { validateMetricName } = require('./shared');

module.exports = { validateMetricName };
