'use strict';

const shared = require('./lib/shared');
const collectDefaultMetrics = require('./lib/defaultMetrics');

module.exports = Object.defineProperties(
  {},
  {
    ...Object.getOwnPropertyDescriptors(shared),
    collectDefaultMetrics: { enumerable: true, value: collectDefaultMetrics },
    default: { enumerable: true, get: () => module.exports },
  },
);

// Never called. Node reads in its text the names that can be imported.
void function tellNames() {
  module.exports = require('mpmetrics');
};
