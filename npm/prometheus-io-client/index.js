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

// Never called: from its text Node learns which names can be imported.
void function tellNames() {
  module.exports = require('mpmetrics');
};
