// A cluster of four writers for real servers to scrape. Each writer is killed amid its work, and its replacement goes on.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Histogram, openMetricsContentType, Registry, startHttpServer } from 'mpmetrics';

/** A writer waits between pieces, so that scrapes come amid its work. In milliseconds. */
const PAUSE = 50;

/** The writers; the processes that are one writer, one after the other; the pieces of the work of a process. */
const {
  folder,
  names,
  writers: WRITERS,
  lives: LIVES,
  pieces: PIECES,
} = JSON.parse(process.env.GIVEN);
const registry = new Registry({
  name: 'scraped',
  nameValidation: 'utf8',
  contentType: openMetricsContentType,
});
const about = { help: 'H', registers: [registry] };
const traced = { ...about, enableExemplars: true };
const orders = new Counter({ ...traced, name: 'orders_total', labelNames: ['kind'] });
const dotted = new Counter({ ...about, name: 'http.requests', labelNames: ['error.message'] });
const sizes = new Histogram({ ...about, name: 'sizes', buckets: [-1, 0, 1, 10] });
const distributions = names.map((name) => ({
  name,
  metric: new Histogram({
    ...traced,
    name: `native_${name.replace('-', '_')}_seconds`,
    buckets: [-1, 0, 1, 10],
    native: { factor: 1.1, maxBuckets: 768 },
  }),
}));

if (cluster.isPrimary) await lead();
else await write(Number(process.env.WRITER), Number(process.env.LIFE));

/** Answers scrapes, and keeps the writers going once it is told to begin. */
async function lead() {
  const server = await startHttpServer({ port: 0, host: '127.0.0.1', registry });
  // The listener stays, and with it the process.
  process.on('message', async () => {
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let life = 0; life < LIVES; life += 1) {
        const worker = cluster.fork({ WRITER: writer, LIFE: life });
        const signal = await new Promise((resolve) => {
          worker.on('exit', (_code, ended) => resolve(ended));
        });
        if (signal !== 'SIGKILL') throw new Error(`A writer ended by ${signal}.`);
      }
    });
    await Promise.all(writers);
    process.send({ ended: Date.now() });
  });
  process.send({ page: server.url });
}

/** Counts a part of the values of one writer, and is killed after the last, in the middle of everything. */
async function write(writer, life) {
  const shares = distributions.map(({ name, metric }) => ({
    metric,
    values: shareOf(name, writer, life),
  }));
  for (let piece = 0; piece < PIECES; piece += 1) {
    for (const { metric, values } of shares) {
      const [first, end] = [piece, piece + 1].map((at) =>
        Math.floor((at * values.length) / PIECES),
      );
      for (let index = first; index < end; index += 1) {
        const value = values[index];
        orders.inc({ labels: { kind: value < 1 ? 'small' : 'large' } });
        dotted.inc({ 'error.message': 'no "room"' });
        sizes.observe(value);
        if (index === first)
          metric.observe({ value, exemplarLabels: { trace_id: traceOf(writer, life) } });
        else metric.observe({ value });
      }
    }
    orders.inc({ labels: { kind: 'traced' }, exemplarLabels: { trace_id: traceOf(writer, life) } });
    if (piece < PIECES - 1) await sleep(PAUSE);
  }
  process.kill(process.pid, 'SIGKILL');
}

/** The values of a distribution that this process observes: every fourth value is of the same writer. */
function shareOf(name, writer, life) {
  const bytes = readFileSync(join(folder, name));
  const values = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const own = values.filter((_, index) => index % WRITERS === writer);
  const [first, end] = [life, life + 1].map((at) => Math.floor((at * own.length) / LIVES));
  return own.subarray(first, end);
}

/** A trace of one process, as OpenTelemetry writes it. */
function traceOf(writer, life) {
  return `${writer}${life}`.padStart(32, 'a');
}
