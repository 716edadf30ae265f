'use strict';

module.exports = require('./lib/shared');

// Never called. Node reads in its text the names that can be imported.
void function tellNames() {
  module.exports = require('mpmetrics');
};
