// A function that takes some time, timed in two processes: http://localhost:9464/metrics
//
//   node examples/process-request.mjs [calls in each process]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { register, startHttpServer, Summary } from 'mpmetrics';

const requestTime = new Summary({
  name: 'request_processing_seconds',
  help: 'Time spent processing a request',
});

// Called with a function, `time()` returns a timed function. Failed calls are timed too.
const processRequest = requestTime.time()(async (seconds) => {
  await sleep(seconds * 1000);
});

const calls = Number(process.argv[2] ?? Infinity);
let otherEnds;
if (!process.send) {
  otherEnds = once(fork(fileURLToPath(import.meta.url), [String(calls)]), 'exit');
  const metrics = await startHttpServer({ port: Number(process.env.METRICS_PORT ?? 9464) });
  console.log(`Metrics of both processes: ${metrics.url}`);
}
for (let call = 0; call < calls; call += 1) await processRequest(Math.random() / 10);

if (otherEnds) {
  await otherEnds;
  console.log(await register.metrics());
}
