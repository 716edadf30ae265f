// The limits of connections, for slow clients and slow answers.

import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { limitedServer } from '../src/server/connections';
import { ask } from './server/ask';

/** The idle time of a connection, in place of ten seconds. */
const IDLE = 200;

/** A server with that handler, and its port. */
async function serving(
  t: ExecutionContext,
  answer: Parameters<typeof limitedServer>[0],
): Promise<{ server: Server; port: number }> {
  const server = limitedServer(answer);
  server.timeout = IDLE;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

test('an answer may take longer than the idle time of a client', async (t) => {
  const { port } = await serving(t, async (_, response) => {
    await sleep(5 * IDLE);
    response.end('late');
  });
  t.is((await ask(`http://127.0.0.1:${port}/`)).body.toString(), 'late');
});

test('several answers of one connection may take longer than its idle time', async (t) => {
  const { port } = await serving(t, async ({ url }, response) => {
    if (url === '/late') await sleep(5 * IDLE);
    response.end(`<${url}>`);
  });
  const socket = connect(port, '127.0.0.1');
  const get = (path: string, more: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  socket.write(get('/late', '') + get('/now', 'Connection: close\r\n'));
  const answers = await text(socket);
  t.true(answers.includes('</late>') && answers.includes('</now>'), answers);
});

test('a client that does not read the answer is dropped, also after a slow answer', async (t) => {
  for (const pause of [0, 3 * IDLE]) {
    const asked = new EventEmitter();
    const { port } = await serving(t, async (_, response) => {
      asked.emit('answered', once(response, 'close'));
      await sleep(pause);
      // More than the buffers of both sides can store.
      response.end(Buffer.alloc(64 * 2 ** 20));
    });
    const socket = connect(port, '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [closed] = (await once(asked, 'answered')) as [Promise<unknown>];
    await closed;
    socket.destroy();
  }
  t.pass();
});

test('a client that requests nothing is dropped', async (t) => {
  const { port } = await serving(t, async (_, response) => void response.end());
  const socket = connect(port, '127.0.0.1');
  await once(socket.resume(), 'close');
  t.pass();
});
