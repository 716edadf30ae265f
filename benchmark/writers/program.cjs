// Several writers on one series at once (arguments: how, writers). Prints the millions of updates in a second, of all writers.
//   processes  each its own process, one held child
//   threads    each a worker thread, one held child
//   atomics    each a worker thread, Atomics.add on one shared word, for comparison
const { fork } = require('child_process');
const { Worker, workerData, isMainThread, parentPort } = require('worker_threads');
const { load } = require('../tools/places.cjs');

const DURATION = 400;
const [how = workerData?.how, writers = '0'] = process.argv.slice(2);
const isParent = isMainThread && writers !== '0';

/** The updates of one writer, as a function that makes the given number of them. */
function updates(shared) {
  if (how === 'atomics') {
    const words = new BigInt64Array(shared);
    return (calls) => {
      for (let i = 0; i < calls; i += 1) Atomics.add(words, 0, 1n);
    };
  }
  const { Counter } = load('mpmetrics');
  const counter = new Counter({ name: 'things_total', help: 'Things', labelNames: ['kind'] });
  const child = counter.labels('one');
  return (calls) => {
    for (let i = 0; i < calls; i += 1) child.inc();
  };
}

/** Updates for a while from `start` on (milliseconds since the epoch), and returns the updates in a microsecond. */
function run(update, start) {
  while (Date.now() < start);
  let calls = 0;
  const begin = performance.now();
  let spent = 0;
  for (; spent < DURATION; spent = performance.now() - begin) {
    update(100_000);
    calls += 100_000;
  }
  return calls / spent / 1000;
}

function writer(receive, send) {
  const update = updates(workerData?.shared);
  for (let turn = 0; turn < 100; turn += 1) update(10_000);
  receive(({ start }) => send(run(update, start)));
  send('ready');
}

async function parent() {
  const shared = new SharedArrayBuffer(64);
  const all = Array.from({ length: Number(writers) }, () =>
    how === 'processes'
      ? fork(__filename, [how])
      : new Worker(__filename, { workerData: { how, shared } }),
  );
  const answers = () =>
    Promise.all(all.map((one) => new Promise((resolve) => one.once('message', resolve))));
  await answers();
  const answered = answers();
  const start = Date.now() + 50;
  for (const one of all) {
    if (how === 'processes') one.send({ start });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    else one.postMessage({ start });
  }
  const rates = await answered;
  console.log(JSON.stringify({ rate: rates.reduce((sum, rate) => sum + rate, 0) }));
  process.exit();
}

if (isParent) void parent();
else if (isMainThread) {
  writer(
    (listener) => process.on('message', listener),
    (value) => process.send(value),
  );
} else {
  writer(
    (listener) => parentPort.on('message', listener),
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    (value) => parentPort.postMessage(value),
  );
}
