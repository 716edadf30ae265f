// Memory of several processes with the same series (arguments: client, processes, counters, histograms). Prints the
// memory of all processes, and for our client the contents of the heap after each process.
const { fork } = require('child_process');
const { readFileSync } = require('fs');
const { labelsOf } = require('../tools/fill.cjs');
const { load } = require('../tools/places.cjs');

/** Keeps each family below the limit of series. */
const FAMILIES = 10;
const [role, client, processes, counters, histograms] = process.argv.slice(2);

/** Creates the series on request, and reports its memory afterwards. */
function writer() {
  const metrics = load(client);
  const labelNames = ['route', 'code'];
  process.once('message', () => {
    for (let family = 0; family < FAMILIES; family += 1) {
      const options = { help: 'Things', labelNames };
      if (counters > 0) {
        const counter = new metrics.Counter({ name: `things_${family}_total`, ...options });
        for (let index = 0; index < counters / FAMILIES; index += 1) counter.inc(labelsOf(index));
      }
      if (histograms > 0) {
        const histogram = new metrics.Histogram({ name: `things_${family}`, ...options });
        for (let index = 0; index < histograms / FAMILIES; index += 1) {
          histogram.observe(labelsOf(index), 1);
        }
      }
    }
    globalThis.gc?.();
    process.send('done');
    process.once('message', () => process.send(memory()));
  });
  process.send('ready');
}

async function parent() {
  const args = ['writer', client, '', counters, histograms];
  const writers = Array.from({ length: Number(processes) }, () => fork(__filename, args));
  const next = (one) => new Promise((resolve) => one.once('message', resolve));
  await Promise.all(writers.map(next));
  const used = [];
  for (const one of writers) {
    const done = next(one);
    one.send('make');
    await done;
    if (client === 'mpmetrics') used.push(usedBytes());
  }
  const answers = Promise.all(writers.map(next));
  for (const one of writers) one.send('memory');
  const mebibytes = (await answers).reduce((sum, one) => sum + one, 0);
  const series = (Number(counters) + Number(histograms)) / FAMILIES;
  const text = Array.from({ length: series }, (_, index) => {
    const { route, code } = labelsOf(index);
    return FAMILIES * `route="${route}",code="${code}"`.length;
  }).reduce((sum, length) => sum + length, 0);
  console.log(JSON.stringify({ mebibytes, used, text }));
  for (const one of writers) one.kill('SIGKILL');
  process.exit();
}

/** The allocated bytes of the heap. */
function usedBytes() {
  const heap = load('mpmetrics').open({ name: process.env.MPMETRICS_NAME, mode: 'read' });
  const { usedBytes: used } = heap.info();
  heap.close();
  return used;
}

function memory() {
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)[1]) / 1024;
}

if (role === 'writer') writer();
else void parent();
