'use strict';

// The one copy of mpmetrics for the whole process.
//
// A tree of packages may contain several copies, and all must show the metrics of each. So the copy that is loaded
// first serves. If the same file is evaluated again, as after `jest.resetModules()`, it serves from then on, because a
// reset should begin anew.

const KEY = Symbol.for('mpmetrics.shared-module');
const file = require.resolve('mpmetrics');
const own = require('mpmetrics/lib/stand-in')(require('mpmetrics'));

if (globalThis[KEY] === undefined || globalThis[KEY].file === file) {
  globalThis[KEY] = { file, module: own };
}
module.exports = globalThis[KEY].module;
