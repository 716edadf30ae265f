'use strict';

module.exports = require('./shared').AggregatorRegistry;
