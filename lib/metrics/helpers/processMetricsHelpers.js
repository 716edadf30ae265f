'use strict';

/** How many objects of each class there are. */
function aggregateByObjectName(list) {
  const counts = new Map();
  for (const { constructor } of list.filter(Boolean)) {
    if (constructor) counts.set(constructor.name, (counts.get(constructor.name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** Sets a gauge to a number for each `type`, and to nothing else. */
function updateMetrics(gauge, counts, labels) {
  gauge.reset();
  for (const [type, count] of Object.entries(counts)) gauge.set({ type, ...labels }, count);
}

module.exports = { aggregateByObjectName, updateMetrics };
