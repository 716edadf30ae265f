'use strict';

module.exports = require('./shared').Registry;
