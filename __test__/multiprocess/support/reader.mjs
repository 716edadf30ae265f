// The reader: a process that reads all metrics again and again, and checks every read.
//
// given: `pause`, the milliseconds between two reads
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { register } from 'mpmetrics';
import { parse } from '../../../examples/demo/exposition.mjs';
import { given, leave, order, send } from './channel.mjs';
import { Consistency } from './consistency.mjs';
import { heapsOf } from './heaps.mjs';

const consistency = new Consistency();
/** The first errors. */
const wrong = [];
let reads = 0;
/** The time of the longest read, in milliseconds. */
let slowest = 0;
let isOver = false;

await read();
send({ event: 'ready' });
await Promise.all([readOn(), obey()]);
leave();

async function readOn() {
  // oxlint-disable-next-line no-unmodified-loop-condition -- obey() modifies it meanwhile
  while (!isOver) {
    await read();
    // A read of few cells takes no turn of the event loop, and orders need one.
    await (given.pause ? sleep(given.pause) : nextTurn());
  }
}

async function obey() {
  while (!isOver) {
    const asked = await order();
    isOver = asked.order === 'end';
    // A read that begins now, so it contains everything before the order.
    const samples = await read();
    send({ event: asked.order, samples: [...samples], reads, slowest, wrong, heaps: heapsOf() });
  }
}

/** Reads once, and returns all samples. */
async function read() {
  const started = performance.now();
  const text = await register.metrics();
  slowest = Math.max(slowest, performance.now() - started);
  const samples = new Map();
  try {
    const families = parse(text);
    for (const family of families.values()) {
      for (const [key, value] of family.samples) samples.set(key, value);
    }
    report(consistency.check(families));
  } catch (error) {
    report([`${error}`]);
  }
  reads += 1;
  return samples;
}

function report(found) {
  if (found.length === 0) return;
  if (wrong.length === 0) send({ event: 'wrong' });
  if (wrong.length < 10) wrong.push(...found);
}
