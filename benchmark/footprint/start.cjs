// One start of a program (argument: client or `none`). Prints the cost of the import, as JSON.
const { readFileSync } = require('fs');
const { load } = require('../tools/places.cjs');

const [client] = process.argv.slice(2);
const begin = performance.now();
let imported = begin;
let ready = begin;
if (client !== 'none') {
  const { Counter, Gauge, Histogram } = load(client);
  imported = performance.now();
  // One metric of each kind, used once, so that there is a heap with written cells.
  new Counter({ name: 'starts_total', help: 'Starts' }).inc();
  new Gauge({ name: 'started', help: 'Whether it started' }).set(1);
  new Histogram({ name: 'start_seconds', help: 'Time to start' }).observe(0.1);
  ready = performance.now();
}

// Garbage of the start would hide the remaining memory in the noise, so it is collected first.
globalThis.gc?.();
const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
const kibibytes = Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1]);
console.log(
  JSON.stringify({
    imported: imported - begin,
    first: ready - imported,
    mebibytes: kibibytes / 1024,
  }),
);
