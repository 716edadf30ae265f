'use strict';

// What all metrics extend.
module.exports = { Metric: Object.getPrototypeOf(require('./shared').Counter) };
