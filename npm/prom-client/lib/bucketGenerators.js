'use strict';

const { exponentialBuckets, linearBuckets } = require('./shared');

module.exports = { exponentialBuckets, linearBuckets };
