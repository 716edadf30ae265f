// Four worker threads and the main thread count together; any of them can read the total.
//
//   node examples/worker-threads.mjs
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId, Worker } from 'node:worker_threads';
import { Counter, Gauge, register } from 'mpmetrics';

const jobs = new Counter({ name: 'jobs_total', help: 'Jobs done by all threads' });
const longest = new Gauge({
  name: 'longest_job',
  help: 'Length of the longest job in any thread',
  aggregator: 'max',
});

for (let job = 1; job <= 1000; job += 1) jobs.inc();
longest.set(threadId);

if (isMainThread) {
  const threads = Array.from({ length: 4 }, () => new Worker(fileURLToPath(import.meta.url)));
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  // The threads have ended, and their counts stay: 5000. A gauge counts only living threads: 0.
  console.log(await register.metrics());
}
