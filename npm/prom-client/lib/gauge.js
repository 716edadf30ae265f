'use strict';

module.exports = require('./shared').Gauge;
