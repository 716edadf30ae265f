'use strict';

module.exports = require('./lib/shared');

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
