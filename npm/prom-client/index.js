'use strict';

module.exports = require('./lib/shared');

// Never called: from its text Node learns which names can be imported.
void function tellNames() {
  module.exports = require('mpmetrics');
};
