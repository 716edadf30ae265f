// The checks of a platform in one program, which needs only the package:
//   node main.mjs
// Prints a line for each check, and a line of JSON at the end: { runtime, version, platform, passed, failed }. Exit code 1 if a
// check has failed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  open,
  register,
  startHttpServer,
} = require('mpmetrics');

const CHILD = fileURLToPath(new URL('child.cjs', import.meta.url));
const CLUSTER = fileURLToPath(new URL('cluster.cjs', import.meta.url));
/** How often a child counts. */
const EACH = 1000;

const isDeno = 'Deno' in globalThis;
const isBun = 'Bun' in globalThis;
const failed = [];
let passed = 0;

/** Runs a check: it throws, or returns what is wrong; nothing if all is right. */
async function check(title, run) {
  let fault;
  try {
    fault = await run();
  } catch (error) {
    fault = `${error?.code ?? ''} ${error?.stack ?? error}`;
  }
  if (fault === undefined) passed += 1;
  else failed.push(title);
  console.log(fault === undefined ? `ok   ${title}` : `FAIL ${title}: ${fault}`);
}

/** The value of a sample on the page of all processes. */
async function shown(sample) {
  const line = (await register.metrics()).split('\n').find((text) => text.startsWith(`${sample} `));
  return line === undefined ? undefined : Number(line.slice(sample.length + 1));
}

const expect = (found, expected) =>
  Object.is(found, expected) ? undefined : `${found} in place of ${expected}`;

/** Starts a child, and resolves when it has ended: its exit code or signal. */
async function ended(act, options) {
  const [code, signal] = await once(fork(CHILD, [act], options), 'exit');
  return code ?? signal;
}

/** Starts a child that stays, once it has said that it is there. */
async function staying(act) {
  const child = fork(CHILD, [act]);
  const end = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the child ended with ${code ?? signal}`);
  });
  await Promise.race([once(child, 'message'), end]);
  end.catch(() => {});
  return child;
}

async function killed(child) {
  const end = once(child, 'exit');
  child.kill('SIGKILL');
  await end;
}

/** Everything that a child prints, after its exit code. */
async function printedBy(child) {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const [code] = await once(child, 'close');
  return `code ${code}: ${output}`;
}

/** A child opens a heap of that name, counts once, and reads the page. */
async function pageOfNamed() {
  const output = await printedBy(fork(CHILD, ['named'], { silent: true }));
  return /^code 0: .*^named_total 1$/ms.test(output) ? undefined : output;
}

const counted = new Counter({ name: 'counted_total', help: 'Counted' });
counted.inc();

await check('the heap is shared', () => (open().info().shared ? undefined : open().info().why));

await check('a counter and its labels', async () => {
  const counter = new Counter({ name: 'labelled_total', help: 'L', labelNames: ['a', 'b'] });
  for (let turn = 0; turn < 1000; turn += 1) counter.inc({ a: 'x"\n', b: turn % 2 ? 'ä' : '\\' });
  return expect(await shown('labelled_total{a="x\\"\\n",b="ä"}'), 500);
});

await check('a histogram', async () => {
  const histogram = new Histogram({ name: 'seconds', help: 'S', buckets: [1, 2] });
  histogram.observe(1.5);
  histogram.observe(9);
  const sum = expect(await shown('seconds_sum'), 10.5);
  return sum ?? expect(await shown('seconds_bucket{le="2"}'), 1);
});

await check('three forked processes', async () => {
  await Promise.all([1, 2, 3].map(() => ended('count')));
  return expect(await shown('counted_total'), 1 + 3 * EACH);
});

await check('a process that calls process.exit()', async () => {
  const before = await shown('counted_total');
  const code = await ended('exit');
  return expect(code, 3) ?? expect((await shown('counted_total')) - before, EACH);
});

await check('a process that is killed is adopted', async () => {
  const before = await shown('counted_total');
  await killed(await staying('stay'));
  const live = () =>
    open()
      .info()
      .writers.filter((writer) => writer.live).length;
  const noticed = expect(live(), 1) ?? expect((await shown('counted_total')) - before, EACH);
  const { adoptions } = open().info();
  await ended('count');
  return (
    noticed ??
    expect((await shown('counted_total')) - before, 2 * EACH) ??
    expect(open().info().adoptions > adoptions, true)
  );
});

await check('three worker threads', async () => {
  const before = await shown('counted_total');
  const workers = [1, 2, 3].map(() => new Worker(CHILD, { argv: ['count'] }));
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  return expect((await shown('counted_total')) - before, 3 * EACH);
});

await check('a thread that is terminated', async () => {
  const before = await shown('counted_total');
  const worker = new Worker(CHILD, { argv: ['stay'] });
  await once(worker, 'message');
  await worker.terminate();
  return expect((await shown('counted_total')) - before, EACH);
});

await check('a cluster of four', async () => {
  const child = fork(CLUSTER, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  const [code] = await once(child, 'close');
  return expect(code, 0) ?? expect(output.trim(), 'cluster_total 400');
});

await check('a collect function of another process', async () => {
  const child = await staying('collect');
  // A scrape waits for a while only, and an emulator may take longer: then the next scrape shows the value.
  let value;
  for (let scrapes = 0; value !== 7 && scrapes < 100; scrapes += 1)
    value = await shown('collected');
  const end = once(child, 'exit');
  child.send('end');
  await end;
  return expect(value, 7);
});

await check('20,000 series, in many segments, of two processes', async () => {
  const many = new Counter({ name: 'many_total', help: 'M', labelNames: ['number'] });
  for (let number = 0; number < 20_000; number += 1) many.inc({ number });
  await ended('many');
  const twos = (await register.metrics()).match(/^many_total\{.*\} 2$/gm);
  return expect(twos?.length, 20_000) ?? expect(open().info().droppedSeries, 0);
});

await check('the server', async () => {
  const server = await startHttpServer({ port: 0, host: '127.0.0.1' });
  const page = await (await fetch(server.url)).text();
  await server.close();
  return /^counted_total \d+$/m.test(page) ? undefined : page;
});

await check('a native histogram, as protobuf', async () => {
  new Histogram({ name: 'native_seconds', help: 'N', native: true }).observe(0.3);
  const server = await startHttpServer({ port: 0, host: '127.0.0.1' });
  const accept =
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  const answer = await fetch(server.url, { headers: { accept } });
  const page = await answer.text();
  await server.close();
  const type = answer.headers.get('content-type');
  if (!type.startsWith('application/vnd.google.protobuf')) return type;
  return page.includes('native_seconds') ? undefined : 'the histogram is not there';
});

await check('the live page', async () => {
  const server = await startHttpServer({ port: 0, host: '127.0.0.1' });
  const headers = { accept: 'text/html' };
  const page = await (await fetch(new URL('/', server.url), { headers })).text();
  await server.close();
  return page.includes('uplot') ? undefined : page.slice(0, 200);
});

await check('automatic instrumentation', async () => {
  // No server of its own: this process may have one at the usual port.
  const env = { ...process.env, MPMETRICS_PORT: 'none' };
  const output = await printedBy(fork(CHILD, ['auto'], { silent: true, env }));
  // Bun reports no incoming requests, and a warning says so.
  const expected = isBun
    ? /^code 0: .*MPMETRICS_REQUESTS_NOT_REPORTED/s
    : /^code 0: .*_count\{.*http_request_method="GET".*\} 1$/m;
  return expected.test(output) ? undefined : output;
});

await check('the command line', async () => {
  const file = require.resolve('mpmetrics/package.json');
  const program = join(file, '..', require('mpmetrics/package.json').bin.mpmetrics);
  const text = await printedBy(fork(program, ['show', String(process.pid)], { silent: true }));
  return text.includes('counted_total') ? undefined : text.slice(-500);
});

await check('default metrics', async () => {
  collectDefaultMetrics();
  return (await shown('process_resident_memory_bytes')) > 0 ? undefined : 'they are missing';
});

await check('a gauge with a collect function lets the process end', async () => {
  new Gauge({ name: 'own', help: 'O', collect: () => undefined });
  return expect(await ended('collect-and-leave'), 0);
});

await check('a heap that nobody has made', () => {
  try {
    open({ name: 'nobody-has-this', mode: 'read' });
    return 'it was opened';
  } catch ({ code }) {
    return expect(code, 'MPMETRICS_NO_SUCH_HEAP');
  }
});

for (const round of ['', ', again', ', once more']) {
  await check(`a named heap${round}`, pageOfNamed);
}

await check('a named heap whose holder was killed', async () => {
  await killed(await staying('named-and-stay'));
  return pageOfNamed();
});

console.log(
  JSON.stringify({
    runtime: isBun ? 'Bun' : isDeno ? 'Deno' : 'Node.js',
    version: isBun ? Bun.version : isDeno ? Deno.version.deno : process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    files: process.platform === 'linux' ? undefined : filesLeft(),
    passed,
    failed,
  }),
);
process.exitCode = failed.length > 0 ? 1 : 0;

/** How many files of ours there are, while this process still has its own. */
function filesLeft() {
  return ['mpmetrics-0', 'shared_memory-rs'].map((folder) => {
    try {
      return readdirSync(join(tmpdir(), folder)).length;
    } catch {
      return 0;
    }
  });
}
