'use strict';

const { AggregatorFactory, aggregators } = require('./shared');

module.exports = { AggregatorFactory, aggregators };
