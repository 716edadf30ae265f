// Four worker threads and the main thread count together; any of them can read the total.
//
//   node examples/worker-threads.mjs
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
import { Counter, Gauge, register } from 'mpmetrics';

const jobs = new Counter({ name: 'jobs_total', help: 'Jobs done by all threads' });
const longest = new Gauge({
  name: 'longest_job',
  help: 'Steps of the longest job of any thread that is alive',
  aggregator: 'max',
});

for (let job = 1; job <= 1000; job += 1) jobs.inc();
longest.set(100 + threadId);

if (isMainThread) {
  const threads = Array.from({ length: 4 }, () => new Worker(fileURLToPath(import.meta.url)));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  // 5000 jobs. The threads are still alive, so the gauge shows the longest job of all: 104 steps.
  console.log(await register.metrics());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  for (const thread of threads) thread.postMessage('end');
} else {
  parentPort.once('message', () => parentPort.close());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort.postMessage('done');
}
