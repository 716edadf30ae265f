// The endpoint in production: TLS, authentication, bounds of scrapes, and the health of the application.

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Counter } from '../src/metrics/counter';
import { Gauge } from '../src/metrics/gauge';
import { Registry } from '../src/registry/registry';
import type { HttpServerOptions } from '../src/server/options';
import { startHttpServer, type MetricsServer } from '../src/server/start';
import { ask, askSecure, pem } from './server/ask';
import { PrometheusServer, scraped } from './support/prometheus';

new Counter({ name: 'requests_total', help: 'Requests' }).inc(3);

const TLS = { cert: pem('server'), key: pem('server-key') };
const CREDENTIALS = { username: 'prometheus', password: 'a pass:word of ä' };

async function start(t: ExecutionContext, options: HttpServerOptions): Promise<MetricsServer> {
  const server = await startHttpServer({ port: 0, ...options });
  t.teardown(() => server.close());
  return server;
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

scraped('Prometheus scrapes over TLS with basic authentication', async (t) => {
  const server = await start(t, { tls: TLS, authentication: CREDENTIALS });
  const job = {
    scheme: 'https',
    tls_config: { ca_file: pem('ca') },
    basic_auth: CREDENTIALS,
  };
  const prometheus = await PrometheusServer.start(t, { page: { url: server.url, ...job } });
  t.is(await prometheus.value('requests_total'), 3);
});

scraped('Prometheus with a certificate and a token scrapes by mutual TLS', async (t) => {
  const server = await start(t, {
    tls: { ...TLS, ca: pem('ca'), requestCert: true },
    authentication: { token: 'abc.def' },
  });
  const job = {
    scheme: 'https',
    tls_config: { ca_file: pem('ca'), cert_file: pem('client'), key_file: pem('client-key') },
    authorization: { credentials: 'abc.def' },
  };
  const prometheus = await PrometheusServer.start(t, { page: { url: server.url, ...job } });
  t.is(await prometheus.value('requests_total'), 3);
});

test('wrong credentials get 401, on every path', async (t) => {
  const { url } = await start(t, { authentication: { ...CREDENTIALS, token: 'abc' } });
  for (const authorization of [
    undefined,
    basic({ ...CREDENTIALS, password: 'other' }),
    basic({ ...CREDENTIALS, username: 'other' }),
    basic({ username: '', password: '' }),
    basic(CREDENTIALS).replace('Basic', 'Bearer'),
    'Basic abc',
    'Bearer abcd',
    'Bearer',
    'Digest abc',
    'abc',
  ]) {
    for (const path of ['/metrics', '/-/healthy', '/-/ready', '/', '/nothing']) {
      const { status, headers, body } = await ask(new URL(path, url).href, {
        headers: authorization === undefined ? {} : { authorization },
      });
      t.is(status, 401, `${authorization} ${path}`);
      t.is(
        headers['www-authenticate'],
        'Basic realm="metrics", charset="UTF-8", Bearer realm="metrics"',
      );
      t.is(body.toString(), 'Unauthorized\n');
    }
  }
  for (const authorization of [basic(CREDENTIALS), 'Bearer abc', 'bearer  abc']) {
    t.is((await ask(url, { headers: { authorization } })).status, 200, authorization);
  }
});

test('mutual TLS: a client without a certificate gets no answer', async (t) => {
  const { url } = await start(t, { tls: { ...TLS, ca: pem('ca'), requestCert: true } });
  t.true(url.startsWith('https://'));
  await t.throwsAsync(askSecure(url));
  const cert = readFileSync(pem('client'));
  const { status } = await askSecure(url, { cert, key: readFileSync(pem('client-key')) });
  t.is(status, 200);
});

test('a renewed certificate is used without a restart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-tls-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  copyFileSync(pem('server'), cert);
  copyFileSync(pem('server-key'), key);
  const { url } = await start(t, { tls: { cert, key } });
  t.is((await askSecure(url)).subject, 'server');
  // A certificate whose key is another one is not used.
  copyFileSync(pem('renewed'), cert);
  t.is((await askSecure(url)).subject, 'server');
  copyFileSync(pem('renewed-key'), key);
  while ((await askSecure(url)).subject !== 'renewed') {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.pass();
});

// An isolate announces a few servers only, so no other one runs meanwhile.
test.serial('a second server with TLS and authentication stands by, and takes over', async (t) => {
  const registry = new Registry({ name: 'standing' });
  const options = { registry, tls: TLS, authentication: CREDENTIALS };
  const first = await start(t, options);
  const second = await start(t, { ...options, port: first.port });
  await first.close();
  const headers = { authorization: basic(CREDENTIALS) };
  for (;;) {
    const answer = await askSecure(second.url, { headers }).catch(() => undefined);
    if (answer?.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.pass();
});

/** A registry whose scrapes wait until they are told to go on. */
function waiting(name: string) {
  const registry = new Registry({ name });
  // The server asks external metrics of this isolate, and waits for them.
  let asked: () => void = () => undefined;
  let answer: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const isAnswered = new Promise<void>((resolve) => (answer = resolve));
  registry.registerMetric({
    name: 'slow',
    help: 'Slow',
    type: 'gauge',
    async get() {
      asked();
      await isAnswered;
      return { name: 'slow', help: 'Slow', type: 'gauge', values: [], aggregator: 'sum' };
    },
  } as never);
  return { registry, isAsked, answer: () => answer() };
}

test.serial('more scrapes than maxScrapes get 503 with Retry-After', async (t) => {
  const { registry, isAsked, answer } = waiting('bounded');
  const { url } = await start(t, { registry, maxScrapes: 1, collectTimeout: 60_000 });
  const first = ask(url);
  await isAsked;
  const { status, headers, body } = await ask(url);
  t.is(status, 503);
  t.is(headers['retry-after'], '1');
  t.regex(body.toString(), /1 scrapes are in progress, which is the limit/);
  answer();
  t.is((await first).status, 200);
  t.is((await ask(url)).status, 200);
});

test.serial('clients that share a scrape count as one', async (t) => {
  const { registry, isAsked, answer } = waiting('bounded-shared');
  const { url } = await start(t, { registry, maxScrapes: 2, collectTimeout: 60_000 });
  const first = ask(url);
  await isAsked;
  const others = Array.from({ length: 20 }, async () => ask(url));
  // The server has most of them when it has answered a later request.
  t.is((await ask(new URL('/-/heap', url).href)).status, 200);
  answer();
  const answers = await Promise.all([first, ...others]);
  t.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
});

test.serial('a scrape ends within the time that Prometheus has', async (t) => {
  t.timeout(50_000);
  const registry = new Registry({ name: 'timed' });
  new Gauge({
    name: 'never',
    help: 'Never collected',
    registers: [registry],
    collect: () => new Promise<void>(() => undefined),
  });
  // Without the header, the scrape would wait for a minute.
  const { url } = await start(t, { registry, collectTimeout: 60_000 });
  const headers = { 'x-prometheus-scrape-timeout-seconds': '2' };
  const { status, body } = await ask(url, { headers });
  t.is(status, 200);
  t.regex(body.toString(), /^never 0$/m);
});

test('healthy and ready: an application whose event loops turn', async (t) => {
  const { url } = await start(t, {});
  const healthy = await ask(new URL('/-/healthy', url).href);
  t.is(healthy.status, 200);
  t.is(healthy.headers['content-type'], 'application/json');
  t.deepEqual(JSON.parse(healthy.body.toString()), {
    status: 'healthy',
    maxBlockedSeconds: 1,
    eventLoops: 1,
    blocked: [],
  });
  const ready = await ask(new URL('/-/ready', url).href);
  t.is(ready.status, 200);
  const { status, partial } = JSON.parse(ready.body.toString());
  t.deepEqual([status, partial], ['ready', []]);
});

for (const [what, [options, message]] of Object.entries<[object, RegExp]>({
  'TLS without a key': [{ tls: { cert: pem('server') } }, /"tls" .*must have "cert" and "key"/],
  'TLS with an unknown option': [
    { tls: { ...TLS, pfx: 'x' } },
    /no option "pfx" of the option "tls"/,
  ],
  'a missing file': [
    { tls: { ...TLS, cert: '/missing.pem' } },
    /cannot be read \("cert": ENOENT\)/,
  ],
  'a key of another certificate': [
    { tls: { ...TLS, key: pem('client-key') } },
    /cannot be used: .*mismatch/,
  ],
  'requestCert without an authority': [{ tls: { ...TLS, requestCert: true } }, /both "ca" and/],
  'an authority without requestCert': [{ tls: { ...TLS, ca: pem('ca') } }, /both "ca" and/],
  'TLS that is no object': [{ tls: true }, /"tls" .*must be an object/],
  'no credentials': [{ authentication: {} }, /must have a username and a password, or a token/],
  'no password': [{ authentication: { username: 'a' } }, /both a username and a password/],
  'an empty password': [{ authentication: { username: 'a', password: '' } }, /must be texts/],
  'a colon in the username': [
    { authentication: { username: 'a:b', password: 'secret' } },
    /username without a colon$/,
  ],
  'a token that no client can send': [{ authentication: { token: 'se cret' } }, /token of letters/],
  'an unknown credential': [{ authentication: { user: 'a' } }, /no option "user"/],
  'an unknown option of health': [{ health: { max: 1 } }, /no option "max"/],
  'a negative time': [{ health: { maxBlockedSeconds: -1 } }, /from 0\.05 to 86400/],
  'a time that is a text': [{ health: { maxBlockedSeconds: '1' } }, /from 0\.05 to 86400/],
  'no scrapes': [{ maxScrapes: 0 }, /"maxScrapes" .*whole number from 1/],
  'a path of the server': [{ path: '/-/healthy' }, /"path" .*not with \/-\//],
})) {
  test(`refused: ${what}`, async (t) => {
    const error = await t.throwsAsync(startHttpServer({ port: 0, ...options } as never), {
      code: 'MPMETRICS_BAD_ARGUMENT',
      message,
    });
    t.notRegex(error?.message ?? '', /se ?cret/);
  });
}
