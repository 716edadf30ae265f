// The HTTP server over a real socket.

import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { Counter } from '../src/metrics/counter';
import { Gauge } from '../src/metrics/gauge';
import { globalRegistry, Registry } from '../src/registry/registry';
import type { HttpServerOptions } from '../src/server/options';
import { startHttpServer, type MetricsServer } from '../src/server/start';
import { answer, type Answering } from '../src/server/answer';
import { limitedServer } from '../src/server/connections';
import { Health } from '../src/server/health';
import { ask } from './server/ask';

const requests = new Counter({ name: 'requests_total', help: 'Requests', labelNames: ['code'] });
const size = new Gauge({ name: 'size', help: 'Size' });
requests.inc({ code: 200 }, 3);
size.set(7);
// Large enough for compression.
for (let code = 0; code < 100; code += 1) requests.inc({ code: `code-${code}` });

let server: MetricsServer;
test.before(async () => {
  server = await startHttpServer({ port: 0 });
});
test.after.always(async () => {
  await server.close();
});

test.serial('serves the metrics as text', async (t) => {
  t.is(server.url, `http://localhost:${server.port}/metrics`);
  const { status, headers, body } = await ask(server.url);
  t.is(status, 200);
  t.is(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  t.is(headers['content-length'], String(body.length));
  t.is(headers['vary'], 'Accept, Accept-Encoding');
  t.is(body.toString(), await globalRegistry.metrics({ own: true }));
  t.regex(body.toString(), /^mpmetrics_writers\{state="live"\} 1$/m);
  t.regex(body.toString(), /^requests_total\{code="200"\} 3$/m);
});

test('an answer contains all counts before the request', async (t) => {
  const counter = new Counter({ name: 'asked_total', help: 'Questions' });
  for (let asked = 1; asked <= 20; asked += 1) {
    counter.inc();
    const answers = await Promise.all([ask(server.url), ask(server.url), ask(server.url)]);
    for (const { body } of answers)
      t.regex(body.toString(), new RegExp(`^asked_total ${asked}$`, 'm'));
  }
});

test('serves OpenMetrics to clients that prefer it, if the operator offers it', async (t) => {
  const headers = {
    accept:
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,' +
      'text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  };
  const asText = await ask(server.url, { headers });
  t.is(asText.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  for (const created of [false, true]) {
    const own = await startHttpServer({ port: 0, openMetrics: true, created });
    const { headers: answered, body } = await ask(own.url, { headers });
    t.is(
      answered['content-type'],
      'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
    );
    t.true(body.toString().endsWith('\n# EOF\n'));
    t.is(body.includes('requests_created{code="200"}'), created);
    await own.close();
  }
});

test('serves protobuf to clients that prefer it, compressed if they like', async (t) => {
  const accept =
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,*/*;q=0.1';
  const { headers, body } = await ask(server.url, { headers: { accept } });
  t.regex(
    headers['content-type'] ?? '',
    /^application\/vnd\.google\.protobuf;.*; escaping=underscores$/,
  );
  t.true(body.includes('\u000A\u000Erequests_total\u0012\u0008Requests'));
  const compressed = await ask(server.url, { headers: { accept, 'accept-encoding': 'gzip' } });
  t.is(compressed.headers['content-encoding'], 'gzip');
  t.true(gunzipSync(compressed.body).includes('requests_total'));
});

test('compresses for clients that accept it', async (t) => {
  const plain = await ask(server.url);
  const compressed = await ask(server.url, { headers: { 'accept-encoding': 'gzip' } });
  t.is(compressed.headers['content-encoding'], 'gzip');
  t.is(plain.headers['content-encoding'], undefined);
  t.is(compressed.headers['content-length'], String(compressed.body.length));
  t.true(compressed.body.length < plain.body.length / 2);
  t.regex(gunzipSync(compressed.body).toString(), /^requests_total\{code="200"\} 3$/m);
});

test('shows only the metrics named by name[]', async (t) => {
  const { body } = await ask(`${server.url}?name[]=size&name[]=nobody`);
  t.is(body.toString(), '# HELP size Size\n# TYPE size gauge\nsize 7\n');
});

test('HEAD: the same without a body', async (t) => {
  const head = await ask(`${server.url}?name[]=size`, { method: 'HEAD' });
  const get = await ask(`${server.url}?name[]=size`);
  t.is(head.status, 200);
  t.is(head.body.length, 0);
  t.is(head.headers['content-length'], get.headers['content-length']);
});

test('other paths and methods', async (t) => {
  const at = (path: string) => `http://localhost:${server.port}${path}`;
  t.is((await ask(at('/nothing'))).status, 404);
  t.is((await ask(at('//metrics'))).status, 404);
  t.is((await ask(at('/metrics/'))).status, 404);
  const posted = await ask(server.url, { method: 'POST' });
  t.is(posted.status, 405);
  t.is(posted.headers['allow'], 'GET, HEAD');
  const root = await ask(at('/'));
  t.is(root.status, 302);
  t.is(root.headers['location'], '/metrics');
  t.regex((await ask(at('/-/heap'))).body.toString(), /^mpmetrics [0-9a-f]{32} \/metrics \d+\n$/);
});

test('a request that is not HTTP is refused, and the server continues', async (t) => {
  const socket = connect(server.port, '127.0.0.1');
  socket.end('\0\u0001 nonsense\r\n\r\n');
  t.regex(await text(socket), /^HTTP\/1\.1 400 /);
  t.is((await ask(server.url)).status, 200);
});

test('long headers are refused', async (t) => {
  const headers = { 'x-long': 'x'.repeat(10_000) };
  t.is((await ask(server.url, { headers })).status, 431);
  t.is((await ask(server.url)).status, 200);
});

test('a thousand idle connections, and more, do not block others', async (t) => {
  const own = await startHttpServer({ port: 0 });
  const sockets: Socket[] = [];
  for (let count = 0; count < 1100; count += 1) {
    const socket = connect(own.port, '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    if (count % 100 === 0) await once(socket, 'connect');
  }
  t.is((await ask(own.url)).status, 200);
  for (const socket of sockets) socket.destroy();
  await own.close();
});

test('a failing scrape is a 503, never a part of the metrics', async (t) => {
  const scraper = {
    scrape: async () => {
      throw new Error('the heap cannot be mapped');
    },
  } as unknown as Answering['scraper'];
  const page = { answer: async () => false } as unknown as Answering['page'];
  const failing = limitedServer((request, response) =>
    answer(
      {
        scraper,
        page,
        path: '/metrics',
        formats: {},
        purpose: () => 'test',
        health: new Health(async () => undefined, 1),
        authentication: undefined,
        collectWait: 0,
      },
      request,
      response,
    ),
  );
  await once(failing.listen(0), 'listening');
  const { port } = failing.address() as AddressInfo;
  const { status, body } = await ask(`http://localhost:${port}/metrics`);
  t.is(status, 503);
  t.regex(body.toString(), /the heap cannot be mapped/);
  failing.close();
});

test('serves the given registries, at the given path', async (t) => {
  const [one, two] = [new Registry({ name: 'one' }), new Registry({ name: 'two' })];
  new Counter({ name: 'first_total', help: 'First', registers: [one] }).inc();
  new Counter({ name: 'second_total', help: 'Second', registers: [two] }).inc();
  const own = await startHttpServer({ port: 0, path: '/m', registry: one, host: '127.0.0.1' });
  t.is(own.url, `http://127.0.0.1:${own.port}/m`);
  const shown = (await ask(own.url)).body.toString();
  t.regex(shown, /first_total 1/);
  t.notRegex(shown, /second_total|requests_total/);
  await own.close();
  const both = await startHttpServer({ port: 0, registries: [one, two] });
  t.regex((await ask(both.url)).body.toString(), /first_total 1[^]*second_total 1/);
  await both.close();
});

// Serial, because the functions run for scrapes of any registry of the heap, also those of other tests.
test.serial(
  'collect functions run before each scrape, also those declared later; one that fails hides no other',
  async (t) => {
    const registry = new Registry();
    const own = await startHttpServer({ port: 0, registry, collectTimeout: 60_000 });
    const shown = async () => (await ask(own.url)).body.toString();
    let runs = 0;
    const gauge = new Gauge({
      name: 'later',
      help: 'Later',
      registers: [registry],
      async collect() {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gauge.set((runs += 1));
      },
    });
    const later = async () => Number(/^later (.*)$/m.exec(await shown())?.[1]);
    const first = await later();
    t.true(first >= 1);
    const second = await later();
    t.true(second > first);
    const failing = new Gauge({
      name: 'failing',
      help: 'Failing',
      registers: [registry],
      collect() {
        throw new Error('as it should');
      },
    });
    t.true((await later()) > second);
    failing.set(1);
    t.regex(await shown(), /^failing 1$/m);
    await own.close();
  },
);

test('shows metrics of other libraries', async (t) => {
  const registry = new Registry();
  new Counter({ name: 'own_total', help: 'Own', registers: [registry] }).inc();
  registry.registerMetric({
    name: 'foreign',
    get: async () => ({
      name: 'foreign',
      help: 'Foreign',
      type: 'gauge',
      values: [{ value: 5, labels: { a: 'b' } }],
    }),
  } as never);
  const options = { port: 0, registry, collectTimeout: 5000, own: false, openMetrics: true };
  const own = await startHttpServer(options);
  const { body } = await ask(own.url);
  t.is(
    body.toString(),
    '# HELP own_total Own\n# TYPE own_total counter\nown_total 1\n\n' +
      '# HELP foreign Foreign\n# TYPE foreign gauge\nforeign{a="b"} 5\n',
  );
  const headers = { accept: 'application/openmetrics-text' };
  const openMetrics = (await ask(own.url, { headers })).body.toString();
  t.true(openMetrics.endsWith('foreign{a="b"} 5\n# EOF\n'), openMetrics);
  headers.accept = 'application/openmetrics-text; version=2.0.0';
  const second = (await ask(own.url, { headers })).body.toString();
  t.regex(second, /^own_total 1 st@[\d.]+\n# HELP foreign Foreign\n/m);
  t.true(second.endsWith('foreign{a="b"} 5\n# EOF\n'), second);
  headers.accept =
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  const { body: bytes } = await ask(own.url, { headers });
  t.true(bytes.indexOf('own_total') < bytes.indexOf('foreign'));
  t.true(bytes.indexOf('own_total') > 0);
  await own.close();
});

const WRONG: [unknown, RegExp][] = [
  [null, /The options of startHttpServer\(\) must be an object/],
  [{ port: -1 }, /"port".*0 to 65535/],
  [{ port: 65536 }, /"port"/],
  [{ port: 1.5 }, /"port"/],
  [{ port: '9464' }, /"port"/],
  [{ host: '' }, /"host"/],
  [{ host: 5 }, /"host"/],
  [{ path: 'metrics' }, /"path"/],
  [{ path: '/a b' }, /"path"/],
  [{ path: '/a?b' }, /"path"/],
  [{ path: '/-/heap' }, /"path"/],
  [{ collectTimeout: Number.NaN }, /"collectTimeout"/],
  [{ collectTimeout: -1 }, /"collectTimeout"/],
  [{ registry: {} }, /"registry"/],
  [{ registries: [] }, /"registries"/],
  [{ openMetrics: 'yes' }, /The option "openMetrics" .* must be true or false/],
  [{ created: true }, /The option "created" .* needs "openMetrics: true"/],
  [{ prt: 0 }, /There is no option "prt" of startHttpServer\(\)\. It takes: port, host, /],
  [{ registries: [globalRegistry, null] }, /"registries"/],
];
for (const [index, [options, message]] of WRONG.entries()) {
  test(`refuses wrong options: ${index}`, async (t) => {
    await t.throwsAsync(startHttpServer(options as HttpServerOptions), {
      instanceOf: TypeError,
      code: 'MPMETRICS_BAD_ARGUMENT',
      message,
    });
  });
}
