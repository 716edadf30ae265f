// The door to the native binary, which stays shut under MPMETRICS=off.
//
// A room of its own, since only CommonJS can decide whether to load something while it is being loaded itself.

import type * as Native from '#binding';

/**
 * Loads the native binding, or nothing where it is switched off. Throws what `require` throws.
 * @internal
 */
function loadBinding(): typeof Native | null {
  return process.env['MPMETRICS'] === 'off' ? null : require('#binding');
}

export = loadBinding;
