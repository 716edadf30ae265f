'use strict';

// The default metrics of mpmetrics, with the utilization of the event loop, which this client always measures.

const { collectDefaultMetrics } = require('./shared');

module.exports = function collectAllDefaultMetrics(config) {
  const isObject = config === null || config === undefined || typeof config === 'object';
  collectDefaultMetrics(isObject ? { eventLoopUtilization: true, ...config } : config);
};

module.exports.metricsList = Object.keys(collectDefaultMetrics.groups);
module.exports.groups = collectDefaultMetrics.groups;
