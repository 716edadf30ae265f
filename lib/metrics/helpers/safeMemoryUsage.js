'use strict';

// A permission model can forbid it.
module.exports = () => {
  try {
    return process.memoryUsage();
  } catch {
    return undefined;
  }
};
