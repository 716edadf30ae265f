// The demo's application: a web service of four cluster workers, with one page of metrics for all of them.
//
// The primary serves the metrics and starts a worker for each that dies. It reports events, and accepts orders
// to block or kill a worker, over IPC from its parent. Environment: SERVICE_PORT and METRICS_PORT (0: any free one).
import cluster from 'node:cluster';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Histogram, startHttpServer } from 'mpmetrics';

const WORKERS = 4;

const requests = new Counter({
  name: 'demo_requests_total',
  help: 'Requests that a worker took up',
  labelNames: ['path'],
});
const durations = new Histogram({
  name: 'demo_request_seconds',
  help: 'Time from taking a request up to answering it',
  labelNames: ['path'],
});
// It always observes 0.25, so every total must have sum = 0.25 × count at every read.
const quarters = new Histogram({
  name: 'demo_quarters',
  help: 'Observes nothing but 0.25',
});

if (cluster.isPrimary) await primary();
else await worker();

async function primary() {
  const report = (message) => process.connected && process.send(message);
  const metrics = await startHttpServer({
    port: Number(process.env.METRICS_PORT ?? 9464),
    host: '127.0.0.1',
  });
  let isReady = false;
  cluster.on('exit', (dead) => {
    // A worker that cannot start, because its port is in use for example, would be replaced for ever.
    if (!isReady) process.exit(1);
    report({ event: 'died', pid: dead.process.pid });
    cluster.fork();
  });
  cluster.on('message', (_, message) => report(message));
  for (let started = 0; started < WORKERS; started += 1) cluster.fork();
  const listening = [];
  while (listening.length < WORKERS) listening.push(await once(cluster, 'listening'));
  isReady = true;
  const [, { port }] = listening[0];
  report({ event: 'ready', metrics: metrics.url, service: `http://127.0.0.1:${port}/` });

  process.on('message', ({ order, milliseconds }) => {
    const [first, second] = Object.values(cluster.workers);
    if (order === 'block') first.send({ order, milliseconds });
    if (order === 'kill') second.process.kill('SIGKILL');
  });
  // Without the demo that started it, the service ends.
  process.on('disconnect', () => process.exit());
}

async function worker() {
  const isBroken = process.env.DEMO_BREAK !== undefined;
  if (isBroken) (await import('./break.mjs')).breakHistograms(quarters);

  const server = http.createServer(async (request, response) => {
    const path = request.url === '/' ? '/' : '/other';
    // Counted and timed before the answer, so the totals contain every answer that a client has seen.
    requests.inc({ path });
    const end = durations.startTimer({ path });
    await sleep(Math.random() * 4);
    end();
    response.end(`Hello from process ${process.pid}\n`);
  });
  server.listen(Number(process.env.SERVICE_PORT ?? 8080), '127.0.0.1');

  process.on('message', ({ order, milliseconds }) => {
    if (order !== 'block') return;
    process.send({ event: 'blocked', pid: process.pid });
    observeFor(milliseconds);
    process.send({ event: 'unblocked', pid: process.pid });
  });
  // A fifth of the time goes into updates at full speed, so that scrapes and kills fall into an update. If the
  // updates are broken on purpose, it is most of the time.
  setInterval(() => observeFor(isBroken ? 8 : 2), 10);

  /** Only observes: the event loop is blocked meanwhile. */
  function observeFor(milliseconds) {
    const end = performance.now() + milliseconds;
    do {
      for (let index = 0; index < 1000; index += 1) quarters.observe(0.25);
    } while (performance.now() < end);
  }
}
