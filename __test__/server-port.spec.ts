// The port of the HTTP server: in use, freed, shared with standby servers, and refused if another program has it.

import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  connect,
  createServer as createSocketServer,
  type AddressInfo,
  type Socket,
} from 'node:net';
import test from 'ava';
import { Counter } from '../src/metrics/counter';
import { Registry } from '../src/registry/registry';
import { startHttpServer } from '../src/server/start';
import { ask } from './server/ask';

new Counter({ name: 'requests_total', help: 'Requests' }).inc();

test('close() frees the port, and may be called again', async (t) => {
  const own = await startHttpServer({ port: 0 });
  const kept = connect(own.port, '127.0.0.1');
  await once(kept, 'connect');
  kept.on('error', () => undefined);
  await Promise.all([own.close(), own.close()]);
  const next = createSocketServer().listen(own.port);
  await once(next, 'listening');
  next.close();
  await own.close();
  t.pass();
});

test('a port of another program is refused', async (t) => {
  const page = createServer((_, response) => response.end('x'.repeat(20_000))).listen(0);
  await once(page, 'listening');
  const { port } = page.address() as AddressInfo;
  await t.throwsAsync(startHttpServer({ port }), {
    code: 'MPMETRICS_PORT_IN_USE',
    message: /is in use by another server\. Choose another port/,
  });
  page.close();
});

test('a port of a silent program is refused', async (t) => {
  const sockets: Socket[] = [];
  const silent = createSocketServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  }).listen(0);
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await t.throwsAsync(startHttpServer({ port }), {
    code: 'MPMETRICS_PORT_IN_USE',
    message: /in use by a program that does not answer/,
  });
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('a second server of the heap stands by, and takes over', async (t) => {
  const first = await startHttpServer({ port: 0 });
  const second = await startHttpServer({ port: first.port });
  t.is(second.port, first.port);
  t.is((await ask(first.url)).status, 200);
  await first.close();
  let status: number | undefined;
  for (let attempt = 0; status === undefined && attempt < 600; attempt += 1) {
    status = await ask(second.url).then(
      (found) => found.status,
      () => undefined,
    );
    if (status === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.is(status, 200);
  await second.close();
  const third = await startHttpServer({ port: second.port });
  await third.close();
});

test('a standby server can be closed', async (t) => {
  const first = await startHttpServer({ port: 0 });
  const second = await startHttpServer({ port: first.port });
  await second.close();
  t.is((await ask(first.url)).status, 200);
  await first.close();
});

test('a server for other registries of the heap cannot stand by', async (t) => {
  const first = await startHttpServer({ port: 0 });
  const registry = new Registry({ name: 'elsewhere' });
  const error = await t.throwsAsync(startHttpServer({ port: first.port, registry }), {
    code: 'MPMETRICS_PORT_IN_USE',
    message:
      /in use by the metrics of another application, or of this one with other registries or another path\./,
  });
  const [, frame] = error.stack?.split(/\n\s+at /) ?? [];
  t.regex(frame ?? '', /server-port\.spec/, 'the stack begins with the call');
  await first.close();
});

test('an address that cannot be used is an error', async (t) => {
  await t.throwsAsync(startHttpServer({ port: 0, host: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' });
});
