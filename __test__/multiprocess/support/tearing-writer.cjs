// The writer of the tearing test: one histogram that observes only 0.25, at full speed, in any runtime.
//
// Uses internals of the package to find its cell. Ends with its standard input, so it outlives no parent.
const { readFileSync } = require('node:fs');
const { Histogram } = require('../../../dist/index.js');
const { carelessly } = require('./careless.cjs');

const FIRST_SEGMENT_WORDS = 8192;
/** Observations between two looks at standard input: some milliseconds. */
const SLICE = 200_000;

const histogram = new Histogram({
  name: 'tearing',
  help: 'Observes nothing but 0.25',
  buckets: [0.1, 0.25, 1],
});
histogram.observe(0.25);
const cell = histogram[Symbol.for('mpmetrics.series')].children.find({});
const { tier } = cell.family.attachment;
const observe = process.argv.includes('--careless')
  ? carelessly(histogram)
  : () => histogram.observe(0.25);

process.stdin.on('end', () => process.exit());
process.stdin.resume();
console.log(JSON.stringify({ ...versions(), tier, ...whereIs(cell.cell), buckets: 4 }));
writeOn();

function writeOn() {
  for (let turn = 0; turn < SLICE; turn += 1) observe();
  setImmediate(writeOn);
}

/**
 * The segment of a word of the heap, and the number of the word in it. Each segment is twice as long as the previous
 * one.
 */
function whereIs(place) {
  const number = 31 - Math.clz32(Math.floor(place / FIRST_SEGMENT_WORDS) + 1);
  const word = place - FIRST_SEGMENT_WORDS * (2 ** number - 1);
  const [, key] = /\/dev\/shm\/(mpm\.\w+\.\w+)\.0/.exec(readFileSync('/proc/self/maps', 'utf8'));
  return { segment: `/${key}.${number}`, word };
}

function versions() {
  const runtime = ['bun', 'deno', 'electron'].find((name) => name in process.versions) ?? 'node';
  return { runtime, version: process.versions[runtime] };
}
