// A web service of four processes with one page of metrics: http://localhost:9464/metrics
//
//   node examples/cluster-service.mjs
//   curl http://localhost:8080/
import cluster from 'node:cluster';
import http from 'node:http';
import { Counter, Histogram, startHttpServer } from 'mpmetrics';

const requests = new Counter({
  name: 'http_requests_total',
  help: 'Requests answered',
  labelNames: ['method', 'code'],
});
const seconds = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time to answer a request',
});

if (cluster.isPrimary) {
  for (let started = 0; started < 4; started += 1) cluster.fork();
  // A dead worker is replaced, and its counts stay.
  cluster.on('exit', ({ exitedAfterDisconnect }) => {
    if (!exitedAfterDisconnect) cluster.fork();
  });
  process.once('SIGTERM', () => {
    // Each worker answers the requests that it has, and ends. The primary ends after the last one.
    cluster.disconnect();
    // Idle connections of clients may keep a worker for longer. All processes end with the primary.
    setTimeout(() => process.exit(), 8000).unref();
  });
  const metrics = await startHttpServer({ port: Number(process.env.METRICS_PORT ?? 9464) });
  console.log(`Metrics of all processes: ${metrics.url}`);
} else {
  const server = http.createServer((request, response) => {
    const end = seconds.startTimer();
    response.statusCode = request.url === '/' ? 200 : 404;
    requests.inc({ method: request.method, code: response.statusCode });
    // Counted before the answer is sent, so the metrics contain every answered request.
    end();
    response.end(`Answered by process ${process.pid}\n`);
  });
  server.listen(Number(process.env.PORT ?? 8080));
  // Some systems send SIGTERM to each process. The primary disconnects the workers, and then they end.
  process.on('SIGTERM', () => {});
  process.once('disconnect', () => process.exit());
}
