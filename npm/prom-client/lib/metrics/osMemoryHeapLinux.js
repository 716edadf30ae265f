'use strict';

module.exports = require('./osMemoryHeap');
