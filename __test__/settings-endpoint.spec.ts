// Settings of the endpoint without code, each in a cluster of two: TLS, credentials, and the health of the workers.

import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { ask, askSecure, pem } from './server/ask';
import { Application } from './support/application';
import { LinkedProject } from './support/linked';

/** Two workers; `/block` never answers, and blocks its worker's event loop. The primary tells their pids. */
const SERVICE = `
  const cluster = require('node:cluster');
  const { createServer } = require('node:http');
  if (cluster.isPrimary) {
    for (const _ of [1, 2]) cluster.fork();
    process.on('message', () => process.send(Object.values(cluster.workers).map((worker) => worker.process.pid)));
  } else {
    const { Counter } = require('mpmetrics');
    new Counter({ name: 'orders_total', help: 'Orders' }).inc();
    createServer(({ url }, response) => {
      if (url !== '/block') return response.end('hello');
      response.write(String(process.pid), () => { for (;;); });
    }).listen(process.env.PORT);
  }
`;

async function start(
  t: ExecutionContext,
  environment: NodeJS.ProcessEnv,
  settings: object = {},
): Promise<{ application: Application; address: string }> {
  t.timeout(120_000);
  const { folder } = new LinkedProject(t, {
    'service.cjs': SERVICE,
    'mpmetrics.config.json': settings,
  });
  const args = ['--import', 'mpmetrics/auto', 'service.cjs'];
  const application = await Application.start(t, { folder, args, environment });
  await application.until('/', 200);
  return { application, address: `127.0.0.1:${application.metricsPort}` };
}

/** The first result that is not undefined. The primary may serve later than its workers. */
async function until<Result>(get: () => Promise<Result | undefined>): Promise<Result> {
  for (;;) {
    const found = await get().catch(() => undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Health {
  status: string;
  eventLoops: number;
  maxBlockedSeconds: number;
  blocked: { pid: number; thread: number; seconds: number }[];
}

async function healthOf(address: string): Promise<{ status: number | undefined; health: Health }> {
  const { status, body } = await ask(`http://${address}/-/healthy`);
  return { status, health: JSON.parse(body.toString()) as Health };
}

async function block(application: Application): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${application.port}/block`);
  for await (const part of response.body ?? []) return Number(Buffer.from(part).toString());
  throw new Error('It has not answered');
}

test('a worker in an endless loop is not healthy, and named by its pid', async (t) => {
  const { application, address } = await start(t, {});
  await until(async () => {
    const { status, health } = await healthOf(address);
    return status === 200 && health.eventLoops === 3 ? true : undefined;
  });
  const pid = await block(application);
  const began = performance.now();
  const { status, health } = await healthOf(address);
  t.log(`after ${Math.round(performance.now() - began)} ms`);
  t.is(status, 503);
  t.is(health.status, 'not healthy');
  t.deepEqual(
    health.blocked.map((each) => [each.pid, each.thread]),
    [[pid, 0]],
  );
  const [first] = health.blocked;
  const [second] = (await healthOf(address)).health.blocked;
  t.true((second?.seconds ?? 0) > (first?.seconds ?? 0));
  process.kill(pid, 'SIGKILL');
  await until(async () => ((await healthOf(address)).status === 200 ? true : undefined));
});

test('maxBlockedSeconds: a worker may be blocked for that time, and is named', async (t) => {
  const { application, address } = await start(t, { MPMETRICS_MAX_BLOCKED_SECONDS: '3' });
  await until(async () => ((await healthOf(address)).health.eventLoops === 3 ? true : undefined));
  const pid = await block(application);
  for (;;) {
    const { status, health } = await healthOf(address);
    t.deepEqual([health.maxBlockedSeconds, health.blocked[0]?.pid], [3, pid]);
    t.is(status, (health.blocked[0]?.seconds ?? 0) < 3 ? 200 : 503);
    if (status === 503) break;
  }
});

test('TLS, with a certificate of the client', async (t) => {
  const { address, application } = await start(t, {
    MPMETRICS_TLS_CERT: pem('server'),
    MPMETRICS_TLS_KEY: pem('server-key'),
    MPMETRICS_TLS_CA: pem('ca'),
  });
  const client = { cert: readFileSync(pem('client')), key: readFileSync(pem('client-key')) };
  const url = `https://${address}/metrics`;
  const { body } = await until(async () => {
    const answer = await askSecure(url, client);
    return answer.body.includes('orders_total 2') ? answer : undefined;
  });
  t.regex(body, /^orders_total 2$/m);
  await t.throwsAsync(askSecure(url));
  t.is(application.errors, '');
});

for (const [what, authorization] of Object.entries({
  'a password': `Basic ${Buffer.from('prometheus:sesame').toString('base64')}`,
  'a token': 'Bearer abc.def',
})) {
  for (const port of [undefined, 'application']) {
    test(`credentials: ${what}${port ? ', on the application’s own servers' : ''}`, async (t) => {
      const { application, address } = await start(
        t,
        port === undefined ? {} : { MPMETRICS_PORT: port },
        { username: 'prometheus', password: 'sesame', bearerToken: 'abc.def' },
      );
      const url = `http://${port ? `127.0.0.1:${application.port}` : address}/metrics`;
      await until(async () => {
        const { status, body } = await ask(url, { headers: { authorization } });
        return status === 200 && body.includes('orders_total 2') ? true : undefined;
      });
      const other = authorization.replace(/ .{4}/, ' AAAA');
      const wrongs: Record<string, string>[] = [{}, { authorization: other }];
      for (const wrong of wrongs) {
        const { status, headers } = await ask(url, { headers: wrong });
        t.is(status, 401);
        t.regex(headers['www-authenticate'] ?? '', /^Basic realm="metrics".*, Bearer realm=/);
      }
    });
  }
}

test('maxScrapes: further scrapes get 503', async (t) => {
  const { address } = await start(t, { MPMETRICS_MAX_SCRAPES: '1' });
  const url = `http://${address}/metrics`;
  await until(async () => ((await ask(url)).status === 200 ? true : undefined));
  await until(async () => {
    // Equal requests may share a scrape.
    const urls = Array.from({ length: 20 }, (_, index) => `${url}?name[]=metric_${index}`);
    const answers = await Promise.all(urls.map(async (other) => ask(other)));
    const refused = answers.find(({ status }) => status === 503);
    return refused?.headers['retry-after'] === '1' ? true : undefined;
  });
  t.is((await ask(url)).status, 200);
});
