'use strict';

// The one copy of mpmetrics that all of this process use.
//
// A tree of packages may hold several copies, and what is registered with one of them is to be found in all: the first
// to be loaded serves. The same file evaluated again, as after `jest.resetModules()`, is meant to be fresh, and serves
// from then on.

const KEY = Symbol.for('mpmetrics.shared-module');
const file = require.resolve('mpmetrics');
const own = require('mpmetrics');

if (globalThis[KEY] === undefined || globalThis[KEY].file === file) {
  globalThis[KEY] = { file, module: own };
}
module.exports = globalThis[KEY].module;
