// Exemplars: with each bucket, the trace of one request that fell into it. The newest of all threads is shown.
//
//   node examples/exemplars.mjs
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker } from 'node:worker_threads';
import { Counter, Histogram, register, Registry } from 'mpmetrics';

// Only OpenMetrics has them. `startHttpServer()` speaks it to whoever prefers it, as Prometheus does: the same text as that of
// `openMetrics()`.
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
