// Pushes to a real Pushgateway if it is installed, and to servers with errors.
//
// One test after the other: Node.js gives a request five seconds, and the process must do nothing else then.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { Counter, Gauge, Pushgateway, Registry } from '../index';
import { freePort } from './support/port';

const PROGRAM = 'prometheus-pushgateway';
const isInstalled = (() => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
// In CI it must run; elsewhere it runs if it is installed.
const pushed = isInstalled || process.env['CI'] ? test.serial : test.serial.skip;

pushed('a Pushgateway accepts metrics that are pushed, added and deleted', async (t) => {
  const url = await gateway(t);
  const registry = new Registry();
  const jobs = new Counter({ name: 'jobs_total', help: 'Jobs', registers: [registry] });
  jobs.inc(3);
  const pushing = new Pushgateway(url, {}, registry);
  const group = { jobName: 'back up', groupings: { host: 'db 1' } };
  const { resp, body } = await pushing.push(group);
  t.is((resp as IncomingMessage).statusCode, 200);
  t.is(body, '');
  const jobLine = (value: number): RegExp =>
    new RegExp(`^jobs_total\\{host="db 1",instance="",job="back up"\\} ${value}$`, 'm');
  t.regex(await page(url), jobLine(3));

  new Gauge({ name: 'size', help: 'Size', registers: [registry] }).set(7);
  registry.removeSingleMetric('jobs_total');
  await pushing.pushAdd(group);
  t.regex(await page(url), jobLine(3), 'what is added leaves the rest');
  t.regex(await page(url), /^size\{.*\} 7$/m);
  await pushing.push(group);
  t.notRegex(await page(url), /^jobs_total/m, 'what is pushed replaces the rest');
  await pushing.delete(group);
  t.notRegex(await page(url), /^size/m);
});

pushed('a Pushgateway accepts compressed metrics', async (t) => {
  const url = await gateway(t);
  const registry = new Registry();
  new Gauge({ name: 'size', help: 'Size', registers: [registry] }).set(7);
  const headers = { 'Content-Encoding': 'gzip' };
  const pushing = new Pushgateway(url, { headers }, registry);
  await pushing.pushAdd({ jobName: 'small' });
  t.regex(await page(url), /^size\{.*\} 7$/m);
  await pushing.delete({ jobName: 'small' });
  t.notRegex(await page(url), /^size/m);
  t.deepEqual(headers, { 'Content-Encoding': 'gzip' }, 'the caller keeps his headers');
});

pushed('a refusal by a Pushgateway is an error', async (t) => {
  const url = await gateway(t);
  const registry = new Registry();
  new Gauge({
    name: 'push_time_seconds',
    help: 'A name of its own',
    labelNames: ['job'],
    registers: [registry],
  }).set({ job: 'x' }, 1);
  const pushing = new Pushgateway(`${url}/nowhere`, {}, registry);
  const error = await t.throwsAsync(pushing.push({ jobName: 'x' }), {
    message: /^push failed with status 404, /,
  });
  t.is((error as Error & { code: string }).code, 'MPMETRICS_PUSH_FAILED');
});

test.serial('a job without a name is refused at once, unless the name is optional', async (t) => {
  const seen: string[] = [];
  const url = await server(t, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end();
  });
  const strict = new Pushgateway(url);
  for (const method of ['push', 'pushAdd', 'delete'] as const) {
    t.throws(() => void strict[method](), { message: 'Missing jobName parameter' });
  }
  const registry = new Registry();
  const lax = new Pushgateway(`${url}/behind/a/path`, { requireJobName: false }, registry);
  await lax.push();
  await lax.pushAdd({ jobName: 'a/b', groupings: { 'c d': 'é' } });
  t.deepEqual(seen, [
    'PUT /behind/a/path/metrics',
    'POST /behind/a/path/metrics/job/a%2Fb/c%20d/%C3%A9',
  ]);
});

test.serial('a registry may be passed in place of the options', async (t) => {
  let body = '';
  const url = await server(t, async (request, response) => {
    body = (await read(request)).toString();
    response.end('thanks');
  });
  const registry = new Registry();
  new Gauge({ name: 'size', help: 'Size', registers: [registry] }).set(7);
  const answer = await new Pushgateway(url, registry).push({ jobName: 'x' });
  t.is(answer.body, 'thanks');
  t.is(body, await registry.metrics());
});

test.serial('options of the request are passed on', async (t) => {
  let headers: IncomingMessage['headers'] = {};
  let body: Buffer = Buffer.alloc(0);
  const url = await server(t, async (request, response) => {
    ({ headers } = request);
    body = await read(request);
    response.end();
  });
  const registry = new Registry();
  const options = {
    auth: 'me:secret',
    headers: { 'Content-Encoding': 'gzip', 'X-Scope': '1' },
  };
  await new Pushgateway(url, options, registry).push({ jobName: 'x' });
  t.is(headers.authorization, `Basic ${btoa('me:secret')}`);
  t.is(headers['x-scope'], '1');
  t.is(gunzipSync(body).toString(), await registry.metrics());
});

test.serial('a gateway that does not answer in time is an error', async (t) => {
  const url = await server(t, () => undefined);
  const pushing = new Pushgateway(url, { timeout: 50 }, new Registry());
  await t.throwsAsync(pushing.push({ jobName: 'x' }), { message: 'Pushgateway request timed out' });
});

test.serial('an unreachable gateway is an error', async (t) => {
  const pushing = new Pushgateway(`http://127.0.0.1:${await freePort()}`, null, new Registry());
  await t.throwsAsync(pushing.pushAdd({ jobName: 'x' }), { code: 'ECONNREFUSED' });
});

test.serial('metrics that cannot be collected are an error, and nothing is sent', async (t) => {
  let bodies = 0;
  const url = await server(t, (request) => {
    request.on('end', () => (bodies += 1)).resume();
  });
  const registry = new Registry();
  new Gauge({
    name: 'failing',
    help: 'Fails',
    registers: [registry],
    collect: () => {
      throw new Error('not today');
    },
  });
  const pushing = new Pushgateway(url, {}, registry);
  await t.throwsAsync(pushing.push({ jobName: 'x' }), { message: 'not today' });
  t.is(bodies, 0);
});

/** Starts a Pushgateway, which ends with the test. Returns its address. */
async function gateway(t: ExecutionContext): Promise<string> {
  const port = await freePort();
  const program = spawn(PROGRAM, [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
  t.teardown(async () => end(program));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      await page(url);
      return url;
    } catch {
      await sleep(100);
    }
  }
  throw new Error('the Pushgateway did not start');
}

async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null) return;
  program.kill();
  await once(program, 'exit');
}

async function page(url: string): Promise<string> {
  const answer = await fetch(`${url}/metrics`);
  return answer.text();
}

async function server(
  t: ExecutionContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const listening: Server = createServer(answer).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.teardown(() => {
    listening.close();
    listening.closeAllConnections();
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
