// Loads the native binary, except under MPMETRICS=off.
//
// This file is CommonJS, because only CommonJS can decide during its own evaluation whether to load a module.

import type * as Native from '#binding';

/** Loads the native binding. Null if metrics are switched off. Throws the errors of `require`. @internal */
function loadBinding(): typeof Native | null {
  return process.env['MPMETRICS'] === 'off' ? null : require('#binding');
}

export = loadBinding;
