// A writer dies after every store that JavaScript makes itself, and another process continues.
//
// For each operation, one process records its stores. For each of these stores, another process is killed right after
// it. This process is in the same heap. It must find every total between before and after, and sum and count
// consistent, and must be able to do the same operation.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { instrument } from './instrument.mjs';

const require = createRequire(import.meta.url);
const mpmetrics = require('../../../dist/index.js');
const operations = require('./operations.cjs');
const program = fileURLToPath(new URL('dying.cjs', import.meta.url));

/**
 * Runs all operations.
 *
 * @returns {Promise<Record<string, unknown>>} figures
 */
export async function deaths({ heapName, check, progress }) {
  const points = instrument();
  const reached = new Set();
  let died = 0;
  let scenes = 0;
  for (const name of Object.keys(operations)) {
    const scene = (fate) => survive(`${heapName}-${name}-${(scenes += 1)}`, name, fate);
    const passed = JSON.parse((await scene('record')).output);
    for (const point of passed) reached.add(point);
    check(passed.length > 0, `${name} stores nothing`);
    const before = await scene('idle');
    const after = await scene('done');
    const seen = new Map();
    for (const [index, point] of passed.entries()) {
      // Of a store in a loop: its first turns, and its last.
      seen.set(point, (seen.get(point) ?? 0) + 1);
      if (seen.get(point) > 2 && passed.lastIndexOf(point) !== index) continue;
      const found = await scene(String(index + 1));
      died += 1;
      for (const fault of differences(found, before, after, operations[name])) {
        check(false, `${name}, dead after store ${index + 1}, ${points[point]}: ${fault}`);
      }
    }
    progress(`${name}: ${passed.length} stores`);
  }
  const missed = points.filter((_, point) => !reached.has(point));
  check(missed.length === 0, `no operation comes by ${missed.join(', ')}`);
  return { operations: Object.keys(operations).length, points: points.length, deaths: died };
}

/** Starts the process that dies. Returns the totals after its death, and after the same operation in this process. */
async function survive(heapName, operation, fate) {
  const heap = mpmetrics.open({ name: heapName, mode: 'write' });
  try {
    const { output, signal, code } = await dying(heapName, operation, fate);
    if (fate === 'record' ? code !== 0 : signal !== 'SIGKILL') {
      throw new Error(`${operation} ended with ${code ?? signal}, not at ${fate}: ${output}`);
    }
    const shown = await shownBy(heap);
    const here = { ...mpmetrics, register: heap.register, registers: [heap.register] };
    const { prepare, act } = operations[operation];
    act(prepare(here), here);
    return { output, states: [shown, await shownBy(heap)] };
  } finally {
    heap.close();
  }
}

function dying(heapName, operation, fate) {
  const child = spawn(process.execPath, [program, operation, fate], {
    env: {
      ...process.env,
      MPMETRICS_NAME: heapName,
      MPMETRICS_TIER: operations[operation].tier ?? '',
      ...operations[operation].environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ output, code, signal }));
  });
}

/** The samples of a scrape, by line. */
async function shownBy({ register }) {
  const text = await register.metrics();
  // Without exemplars, and creation times.
  const samples = text.split('\n').map((line) => line.split(' # ')[0]);
  const lines = samples.filter((line) => !/^$|^#|_created/.test(line));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** Totals that are not between the two, or not consistent. All observations are 0.5. */
function differences({ states }, before, after, { isRounded = false }) {
  const faults = [];
  for (const [index, state] of states.entries()) {
    for (const [line, value] of state) {
      // A missing series begins with 0.
      const bounds = [before, after].map((other) => other.states[index].get(line) ?? 0);
      const [least, most] = [Math.min(...bounds), Math.max(...bounds)];
      if (!(value >= least && value <= most)) {
        faults.push(`${line} is ${value}, not ${least} to ${most}`);
      }
      if (isRounded || !line.includes('_sum')) continue;
      const count = state.get(line.replace('_sum', '_count'));
      if (value !== 0.5 * count) faults.push(`${line} is ${value} of ${count} observations`);
    }
  }
  return faults;
}
