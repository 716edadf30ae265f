'use strict';

module.exports = require('mpmetrics/lib/util');
