'use strict';

/** An exemplar in the form of `getMetricsAsJSON()`. */
module.exports = class Exemplar {
  constructor(labelSet = {}, value = null) {
    this.labelSet = labelSet;
    this.value = value;
  }

  validateExemplarLabelSet(labelSet) {
    if (Object.entries(labelSet).flat().join('').length <= 128) return;
    throw new RangeError('Label set size must be smaller than 128 UTF-8 chars');
  }
};
