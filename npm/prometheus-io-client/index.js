'use strict';

const shared = require('./lib/shared');
const collectDefaultMetrics = require('./lib/defaultMetrics');
const Pushgateway = require('./lib/pushgateway');

// Plain properties, as those of the original, except for `contentType`.
module.exports = Object.defineProperties({}, Object.getOwnPropertyDescriptors(shared));
Object.assign(module.exports, { collectDefaultMetrics, Pushgateway });
module.exports.default = module.exports;

// Never called. Node reads in its text the names that can be imported: those of mpmetrics, and each that has types here,
// which tools find without mpmetrics too.
void function tellNames() {
  module.exports = require('mpmetrics');
  exports.Counter = undefined;
  exports.Gauge = undefined;
  exports.Histogram = undefined;
  exports.register = undefined;
  exports.Registry = undefined;
  exports.Summary = undefined;
};
