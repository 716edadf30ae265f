'use strict';

module.exports = require('./shared').Histogram;
