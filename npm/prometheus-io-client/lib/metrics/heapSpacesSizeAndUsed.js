'use strict';

module.exports = require('../shared').collectDefaultMetrics.groups.heapSpacesSizeAndUsed;
