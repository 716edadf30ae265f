'use strict';

const shared = require('./lib/shared');
const collectDefaultMetrics = require('./lib/defaultMetrics');

// Plain properties, as those of the original, except for `contentType`.
module.exports = Object.defineProperties({}, Object.getOwnPropertyDescriptors(shared));
module.exports.collectDefaultMetrics = collectDefaultMetrics;
module.exports.default = module.exports;

// Never called. Node reads in its text the names that can be imported.
void function tellNames() {
  module.exports = require('mpmetrics');
};
