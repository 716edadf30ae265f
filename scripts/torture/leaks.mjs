// Leaks: one process creates and closes heaps, metrics and worker threads, thousands of times.
//
// After a warm-up, neither the process's memory nor its open files nor the files in shared memory may grow.
import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { heapName, item, progress, times } from './support/item.mjs';
import { filesOf, heapsOf } from './support/files.mjs';

process.env.MPMETRICS_NAME = heapName;
/** How often each is created. */
const TIMES = {
  heaps: times(400, 10_000),
  metrics: times(400, 10_000),
  workers: times(50, 10_000),
};
/** Measurements over a run; the first fifth is left out. */
const MEASUREMENTS = 50;
/** The allowed growth from the first half to the second, on average. Garbage collectors and allocators cause some. */
const SLACK = { rss: 0.1, heapUsed: 0.1, files: 0, segments: 0 };

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

await item(async ({ figures, check }) => {
  const client = await import('mpmetrics');
  const help = 'H';
  // The figures of this process.
  new client.Counter({ name: 'lasting_total', help }).inc();
  const kinds = {
    heaps(turn) {
      const heap = client.open({ name: `${heapName}-${turn % 7}` });
      new client.Counter({ name: 'c', help, registers: [heap.register] }).inc();
      heap.close();
    },
    metrics(turn) {
      const name = `metric_${turn % 7}`;
      const labelNames = ['a'];
      const kind = ['Counter', 'Gauge', 'Histogram', 'Summary', 'Info'][turn % 5];
      const metric = new client[kind]({ name, help, labelNames });
      if (kind === 'Info') metric.info({ a: 'x' }, { b: turn });
      else (metric.inc ?? metric.observe).call(metric, { a: turn }, 1);
      client.register.removeSingleMetric(name);
    },
    async workers() {
      const worker = new Worker(
        `const { Counter } = require('mpmetrics');
         new Counter({ name: 'by_workers_total', help: 'H' }).inc();`,
        { eval: true },
      );
      await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
    },
  };
  for (const [kind, once] of Object.entries(kinds)) {
    const turns = TIMES[kind];
    const measured = [];
    for (let turn = 1; turn <= turns; turn += 1) {
      await once(turn);
      if (turn % Math.floor(turns / MEASUREMENTS) === 0) {
        // Twice, with a turn in between, because finalizers release more memory.
        collectGarbage();
        await new Promise((resolve) => setImmediate(resolve));
        collectGarbage();
        measured.push(measure());
      }
      if (turn % 1000 === 0) progress(`${turn} of ${turns} ${kind}`);
    }
    const settled = measured.slice(MEASUREMENTS / 5);
    const half = Math.floor(settled.length / 2);
    const [early, late] = [settled.slice(0, half), settled.slice(-half)];
    figures[kind] = { times: turns };
    for (const [what, slack] of Object.entries(SLACK)) {
      const [before, after] = [early, late].map((part) => average(part.map((at) => at[what])));
      check(after <= before * (1 + slack), `${kind}: ${what} went from ${before} to ${after}`);
      const unit = what === 'rss' || what === 'heapUsed' ? 2 ** 20 : 1;
      figures[kind][what] = [before, after].map((value) => (value / unit).toFixed(1)).join(' → ');
    }
  }
  const text = await client.register.metrics();
  check(
    text.includes(`\nby_workers_total ${TIMES.workers}\n`),
    'what the workers have counted is gone',
  );
});

function measure() {
  const { rss, heapUsed } = process.memoryUsage();
  const files = readdirSync('/proc/self/fd').length;
  return { rss, heapUsed, files, segments: filesOf(heapsOf()).length };
}

function average(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
