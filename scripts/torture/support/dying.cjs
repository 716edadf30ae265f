// Does one operation with the instrumented facade, and dies after the given number of its stores.
//
//   node dying.cjs <operation> <stores, "idle", "done" or "record">
//
// The name of the heap is in the environment. With "idle" it dies before the operation, with "done" after it. With
// "record" it prints the points of the operation.
const operations = require('./operations.cjs');

const [name, fate] = process.argv.slice(2);
const passed = [];
let counts = false;
let left = Number(fate);
globalThis.afterStore = (point, value) => {
  if (!counts) return value;
  passed.push(point);
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  return value;
};

const mpmetrics = require('../../../build/failpoints/index.js');
const { prepare, act } = operations[name];
const prepared = prepare(mpmetrics);
counts = true;
if (fate !== 'idle') act(prepared, mpmetrics);
counts = false;
if (fate === 'record') console.log(JSON.stringify(passed));
else process.kill(process.pid, 'SIGKILL');
