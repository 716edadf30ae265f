'use strict';

module.exports = require('./shared').Counter;
