'use strict';

const LabelGrouper = require('mpmetrics/lib/labelGrouper');
const LabelMap = require('mpmetrics/lib/labelMap');

function isEmpty(value) {
  for (const _ in value) return false;
  return true;
}

/** The result of the promise, or a rejection after so many milliseconds. */
async function waitFor(promise, limit = 5000) {
  let timer;
  const end = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('Timeout')), limit);
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

module.exports = {
  ...require('mpmetrics/lib/util'),
  ...require('mpmetrics/lib/series').inMap,
  isEmpty,
  LabelGrouper,
  LabelMap,
  waitFor,
};
