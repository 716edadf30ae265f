'use strict';

// It can be forbidden.
module.exports = () => {
  try {
    return process.memoryUsage();
  } catch {
    return undefined;
  }
};
