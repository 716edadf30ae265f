// HTTP metrics of one process: whatever a request, or the one who has sent it, may do.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  Agent,
  createServer,
  get,
  request as ask,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createSecureServer, get as getSecurely } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { register } from '../index';
import { measure, page, setRoute } from '../src/http/http';
import { samplesIn } from './support/application';

measure();

const SERVED = 'http_server_request_duration_seconds_count';
const SENT = 'http_client_request_duration_seconds_count';

/** The series of a family by the routes, or the servers, that only one test has. */
async function series(
  family: string,
  label: string,
  value: string,
): Promise<{ labels: Record<string, string>; value: number }[]> {
  const samples = samplesIn(await register.metrics());
  return samples
    .filter((sample) => sample.name === family && sample.labels[label] === value)
    .map(({ labels: { [label]: _known, ...labels }, value: count }) => ({ labels, value: count }));
}

async function served(route: string): ReturnType<typeof series> {
  return series(SERVED, 'http_route', route);
}

const GET = { http_request_method: 'GET', url_scheme: 'http', network_protocol_version: '1.1' };
const OK = { ...GET, http_response_status_code: '200' };

/** A server for one test, whose requests all have one route. */
async function serve(
  t: ExecutionContext,
  route: string,
  listener: RequestListener,
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    setRoute(request, route);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** Writes bytes to a port, and returns the socket. */
async function send(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** All that a socket says until it closes. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.on('error', () => undefined);
  if (!socket.closed) await once(socket, 'close');
  return text;
}

/** Waits until a route has so many requests. */
async function until(route: string, count: number): ReturnType<typeof series> {
  for (;;) {
    const found = await served(route);
    if (found.reduce((sum, { value }) => sum + value, 0) >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function active(method: string): Promise<number | undefined> {
  const samples = samplesIn(await register.metrics());
  return samples.find(
    ({ name, labels }) =>
      name === 'http_server_active_requests' && labels['http_request_method'] === method,
  )?.value;
}

test.serial('a request is in progress until its response ends', async (t) => {
  let end = (): void => undefined;
  const { port } = await serve(t, '/progress', (_, response) => {
    end = () => response.end('done');
  });
  const socket = await send(port, 'PATCH / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  while ((await active('PATCH')) !== 1) await new Promise((resolve) => setTimeout(resolve, 10));
  t.deepEqual(await served('/progress'), []);
  end();
  await heard(socket);
  t.is(await active('PATCH'), 0);
  t.deepEqual(await served('/progress'), [
    { labels: { ...OK, http_request_method: 'PATCH' }, value: 1 },
  ]);
});

test.serial('the response is counted before the client has it', async (t) => {
  let counted: unknown;
  const { port } = await serve(t, '/first', (_, response) => {
    response.end('x');
    counted = served('/first');
  });
  await heard(await send(port, 'GET / HTTP/1.0\r\n\r\n'));
  t.deepEqual(await counted, [{ labels: { ...OK, network_protocol_version: '1.0' }, value: 1 }]);
});

test.serial('responses in chunks, without a body, and to HEAD count once each', async (t) => {
  const { port } = await serve(t, '/kinds', (request, response) => {
    if (request.url === '/chunks') {
      response.write('one');
      setTimeout(() => response.end('two'), 20);
    } else if (request.url === '/none') {
      response.writeHead(204).end();
    } else {
      response.end('body');
      // Some middleware does the same.
      response.end();
    }
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (const [method, path] of [
    ['GET', '/chunks'],
    ['GET', '/none'],
    ['HEAD', '/any'],
  ]) {
    const asked = ask({ port, host: '127.0.0.1', path, method, agent });
    asked.end();
    const [response] = await once(asked, 'response');
    response.resume();
    await once(response, 'close');
  }
  agent.destroy();
  t.deepEqual(await served('/kinds'), [
    { labels: OK, value: 1 },
    { labels: { ...OK, http_response_status_code: '204' }, value: 1 },
    { labels: { ...OK, http_request_method: 'HEAD' }, value: 1 },
  ]);
});

test.serial('pipelined requests count once each, also aborted ones', async (t) => {
  const { port } = await serve(t, '/pipeline', (request, response) => {
    if (request.url === '/answered') response.end('x');
  });
  const line = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const socket = await send(
    port,
    line('/answered') + line('/answered') + line('/waits') + line('/waits'),
  );
  await until('/pipeline', 2);
  while ((await active('GET')) !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
  socket.destroy();
  t.deepEqual(await until('/pipeline', 4), [
    { labels: OK, value: 2 },
    { labels: { ...GET, error_type: 'aborted' }, value: 2 },
  ]);
  t.is(await active('GET'), 0);
});

test.serial('a long response counts when it was sent completely, or as aborted', async (t) => {
  const long = Buffer.alloc(64 << 20);
  const { port } = await serve(t, '/long', (_, response) => response.end(long));
  const [whole] = (await once(get({ port, host: '127.0.0.1' }), 'response')) as [Socket];
  whole.resume();
  await once(whole, 'end');
  t.deepEqual(await until('/long', 1), [{ labels: OK, value: 1 }]);
  const [broken] = (await once(get({ port, host: '127.0.0.1' }), 'response')) as [Socket];
  broken.destroy();
  t.deepEqual(await until('/long', 2), [
    { labels: OK, value: 1 },
    { labels: { ...OK, error_type: 'aborted' }, value: 1 },
  ]);
});

test.serial('an end that Node refuses leaves the response open', async (t) => {
  const { port } = await serve(t, '/refused', (request, response) => {
    if (request.url === '/chunk') {
      t.throws(() => response.end({} as never), { code: 'ERR_INVALID_ARG_TYPE' });
      response.statusCode = 500;
      response.end('sorry');
    } else if (request.url === '/message') {
      response.statusMessage = 'two\nlines';
      t.throws(() => response.end(), { code: 'ERR_INVALID_CHAR' });
      response.statusCode = 502;
      response.statusMessage = 'one line';
      response.end();
    } else if (request.url === '/length') {
      response.strictContentLength = true;
      response.statusCode = 504;
      response.setHeader('Content-Length', 5);
      t.throws(() => response.end('four'), { code: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' });
      response.destroy();
    } else {
      response.statusCode = 1000;
      t.throws(() => response.end(), { code: 'ERR_HTTP_INVALID_STATUS_CODE' });
      response.statusCode = 503;
      response.end();
    }
  });
  for (const path of ['/chunk', '/message', '/length', '/status']) {
    await heard(await send(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
  }
  t.deepEqual(
    (await until('/refused', 4)).map(({ labels }) => labels['error_type']),
    ['500', '502', 'aborted', '503'],
  );
});

test.serial('a method that middleware has replaced stays that of the client', async (t) => {
  const { port } = await serve(t, '/override', (request, response) => {
    request.method = 'DELETE';
    response.end();
  });
  const asked = ask({ port, host: '127.0.0.1', method: 'POST', agent: false });
  asked.end();
  const [response] = await once(asked, 'response');
  response.resume();
  await once(response, 'end');
  t.is((await served('/override'))[0]?.labels['http_request_method'], 'POST');
  t.is(await active('POST'), 0);
});

test.serial('an unknown method is _OTHER', async (t) => {
  const { port } = await serve(t, '/methods', (_, response) => response.end());
  await heard(await send(port, 'PROPFIND / HTTP/1.0\r\n\r\n'));
  t.is((await served('/methods'))[0]?.labels['http_request_method'], '_OTHER');
});

test.serial('upgrades count with the status that is written', async (t) => {
  const { server, port } = await serve(t, '/plain', (_, response) => response.end());
  const upgrade = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\n`;
  // Nobody takes upgrades here: it is answered as any other request.
  const ordinary = await send(port, upgrade('/none'));
  await once(ordinary, 'data');
  ordinary.destroy();
  t.deepEqual(await until('/plain', 1), [{ labels: OK, value: 1 }]);

  const listener = (request: { url?: string }, socket: Socket): void => {
    setRoute(request, '/upgrade');
    if (request.url === '/refused') socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    else if (request.url === '/dropped') socket.destroy();
    else socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n');
  };
  server.on('upgrade', listener);
  const kept = await send(port, upgrade('/kept'));
  await once(kept, 'data');
  await heard(await send(port, upgrade('/refused')));
  await heard(await send(port, upgrade('/dropped')));
  const found = await until('/upgrade', 3);
  kept.destroy();
  t.deepEqual(
    found.map(({ labels }) => [labels['http_response_status_code'], labels['error_type']]),
    [
      ['101', undefined],
      ['401', undefined],
      [undefined, 'aborted'],
    ],
  );
  server.off('upgrade', listener);
  t.is(server.listenerCount('upgrade'), 0);
});

test.serial('the scheme of an encrypted connection is https', async (t) => {
  const [key, cert] = ['key', 'cert'].map((name) =>
    readFileSync(new URL(`http/${name}.pem`, import.meta.url)),
  );
  const server = createSecureServer({ key, cert }, (request, response) => {
    setRoute(request, '/secure');
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, agent: false as const };
  const [response] = await once(getSecurely(options), 'response');
  response.resume();
  await once(response, 'end');
  t.is((await served('/secure'))[0]?.labels['url_scheme'], 'https');
  const [sent] = await series(SENT, 'server_port', String(port));
  t.is(sent?.labels['url_scheme'], 'https');
});

test.serial(
  'outgoing requests by node:http and by fetch are counted, also failed ones',
  async (t) => {
    // A port may come back: a server of an earlier test had it, and answered on it.
    register.getSingleMetric('http_client_request_duration_seconds')?.reset();
    const { port } = await serve(t, '/out', (request, response) => {
      if (request.url === '/broken') {
        response.writeHead(200, { 'Content-Length': 10 }).write('half');
        setTimeout(() => response.destroy(), 20);
      } else {
        response.statusCode = request.url === '/missing' ? 404 : 200;
        response.end('answer');
      }
    });
    const options = { host: '127.0.0.1', port, agent: false as const };
    for (const path of ['/', '/missing', '/broken']) {
      const [response] = await once(get({ ...options, path }), 'response');
      response.on('error', () => undefined);
      response.resume();
      await new Promise((resolve) => response.on('close', resolve));
    }
    for (const path of ['/', '/missing']) {
      await (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' })).text();
    }
    await t.throwsAsync((await fetch(`http://127.0.0.1:${port}/broken`)).text());
    const found = await series(SENT, 'server_port', String(port));
    t.deepEqual(
      found.map(({ labels, value }) => [
        labels['http_request_method'],
        labels['http_response_status_code'],
        labels['error_type'],
        value,
      ]),
      [
        ['GET', '200', undefined, 1],
        ['GET', '404', '404', 1],
        ['GET', '200', 'ECONNRESET', 1],
        ['POST', '200', undefined, 1],
        ['POST', '404', '404', 1],
        ['GET', '200', 'UND_ERR_SOCKET', 1],
      ],
    );
    t.true(found.every(({ labels }) => labels['server_address'] === '127.0.0.1'));

    // A port that nobody listens on.
    const { port: closed, server } = await serve(t, '/closed', () => undefined);
    server.close();
    await t.throwsAsync(once(get({ ...options, port: closed }), 'response'));
    await t.throwsAsync(fetch(`http://127.0.0.1:${closed}/`));
    const failed = await series(SENT, 'server_port', String(closed));
    t.deepEqual(
      failed.map(({ labels, value }) => [labels['error_type'], value]),
      [['ECONNREFUSED', 2]],
    );
  },
);

test.serial("the page on the application's own server suits a scraper", async (t) => {
  const { port } = await serve(t, '/metrics', page({ openMetrics: true }));
  const answerTo = async (headers: Record<string, string>): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/`, { headers });
  const text = await answerTo({ accept: 'text/plain' });
  t.is(text.headers.get('content-type'), register.contentType);
  t.is(text.headers.get('content-encoding'), 'gzip');
  t.regex(await text.text(), /^http_server_request_duration_seconds_count/m);
  const open = await answerTo({
    accept: 'application/openmetrics-text; version=1.0.0',
    'accept-encoding': 'identity',
  });
  t.regex(open.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
  t.is(open.headers.get('content-encoding'), null);
  t.regex(await open.text(), /# EOF\n$/);
  const protobuf = await answerTo({
    accept:
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  });
  t.regex(protobuf.headers.get('content-type') ?? '', /^application\/vnd\.google\.protobuf;/);
  t.true(Buffer.from(await protobuf.arrayBuffer()).includes('http_server_request_duration'));
});

test.serial('beyond a hundred servers, the others share one series', async (t) => {
  const { port } = await serve(t, '/many', (_, response) => response.end());
  for (let number = 0; number < 120; number += 1) {
    const asked = ask({
      host: '127.0.0.1',
      port,
      agent: false,
      headers: { host: `server-${number}.example:${10_000 + number}` },
    });
    asked.end();
    const [response] = await once(asked, 'response');
    response.resume();
    await once(response, 'close');
  }
  const samples = samplesIn(await register.metrics()).filter(({ name }) => name === SENT);
  const servers = new Set(samples.map(({ labels }) => labels['server_port']));
  t.true(servers.size <= 101, `${servers.size} servers`);
  const others = samples.find(({ labels }) => labels['server_address'] === '_OTHER');
  t.true((others?.value ?? 0) >= 20);
});
