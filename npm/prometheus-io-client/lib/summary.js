'use strict';

module.exports = require('./shared').Summary;
