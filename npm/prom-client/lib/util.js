'use strict';

module.exports = { ...require('mpmetrics/lib/util'), ...require('mpmetrics/lib/series').inObject };
