'use strict';

const shared = require('./lib/shared');
const collectDefaultMetrics = require('./lib/defaultMetrics');
const Pushgateway = require('./lib/pushgateway');

// Plain properties, as those of the original, except for `contentType`.
module.exports = Object.defineProperties({}, Object.getOwnPropertyDescriptors(shared));
Object.assign(module.exports, { collectDefaultMetrics, Pushgateway });
module.exports.default = module.exports;

// Never called. Node reads in its text the names that can be imported.
void function tellNames() {
  module.exports = require('mpmetrics');
};
