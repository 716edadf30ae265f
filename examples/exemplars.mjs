// Exemplars: each bucket shows the trace of one of its requests, the newest of all threads.
//
//   node examples/exemplars.mjs
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { Counter, Histogram, register, Registry } from 'mpmetrics';

// The Prometheus text format has no exemplars. `startHttpServer({ openMetrics: true })` sends the text of `openMetrics()` to
// clients that prefer it, such as Prometheus.
register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
const seconds = new Histogram({
  name: 'request_seconds',
  help: 'Time to answer',
  unit: 'seconds',
  buckets: [0.1, 1],
  enableExemplars: true,
});
const failures = new Counter({
  name: 'failures_total',
  help: 'Requests that failed',
  enableExemplars: true,
});

for (const value of [0.05, 0.5, 5]) {
  const exemplarLabels = { trace_id: randomBytes(16).toString('hex') };
  seconds.observe({ value, exemplarLabels });
  if (value > 1) failures.inc({ exemplarLabels });
}

if (isMainThread) {
  const threads = [1, 2].map(() => new Worker(fileURLToPath(import.meta.url)));
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  console.log(await register.openMetrics());
}
