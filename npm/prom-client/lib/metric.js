'use strict';

// The base class of all metrics.
module.exports = { Metric: Object.getPrototypeOf(require('./shared').Counter) };
