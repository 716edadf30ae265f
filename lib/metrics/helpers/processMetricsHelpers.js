'use strict';

/** The number of objects of each class. */
function aggregateByObjectName(list) {
  const counts = new Map();
  for (const { constructor } of list.filter(Boolean)) {
    if (constructor) counts.set(constructor.name, (counts.get(constructor.name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** Sets a gauge to a number for each `type`, and removes all other series. */
function updateMetrics(gauge, counts, labels) {
  gauge.reset();
  for (const [type, count] of Object.entries(counts)) gauge.set({ type, ...labels }, count);
}

module.exports = { aggregateByObjectName, updateMetrics };
