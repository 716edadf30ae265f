// A client sends thousands of requests on one connection without reading an answer. The server's thread dies of memory, and every scrape is
// refused from then on.

import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { program, until, type Program } from './support/program';

/** A page of about 200 KB, the port of its server, and on request the memory and the threads of the process. */
const SERVICE = `
  import { Counter, startHttpServer } from 'mpmetrics';
  const threads = [];
  process.on('worker', (thread) => threads.push(thread));
  const requests = new Counter({ name: 'requests_total', help: 'Requests', labelNames: ['path'] });
  for (let path = 0; path < 4000; path += 1) requests.inc({ path: '/a/rather/long/path/' + path });
  const server = await startHttpServer({ port: 0, host: '127.0.0.1' });
  console.log('port', server.port);
  process.stdin.on('data', async (order) => {
    if (String(order) === 'memory\\n') console.log('peak', process.resourceUsage().maxRSS);
    if (String(order) === 'end\\n') threads.at(-1).terminate();
    if (String(order) === 'close\\n') {
      await server.close();
      process.stdin.destroy();
      console.log('closed');
    }
  });
`;

interface Service {
  process: Program;
  port: number;
}

async function service(t: ExecutionContext, flags: string[] = []): Promise<Service> {
  t.timeout(120_000);
  const started = program(t, SERVICE, { flags });
  return { process: started, port: Number((await started.line(/port (\d+)/))[1]) };
}

/** Connections that each send that many requests, read nothing, and are closed by the server. */
async function flood(port: number, connections: number, request: string, times: number) {
  const sockets = Array.from({ length: connections }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause().write(request.repeat(times));
    return socket;
  });
  await Promise.all(sockets.map(closed));
}

/** A client that does not read learns that its connection was closed when it writes. */
async function closed(socket: Socket): Promise<void> {
  const timer = setInterval(() => socket.write('\r\n'), 50);
  await new Promise((resolve) => void socket.once('close', resolve));
  clearInterval(timer);
}

async function status(port: number): Promise<number> {
  const options = { headers: { connection: 'close' } };
  return (await fetch(`http://127.0.0.1:${port}/metrics`, options)).status;
}

const GET = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
const GET_COMPRESSED = 'GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n';

test('fifty connections of twenty thousand requests each leave the server unharmed', async (t) => {
  const { process, port } = await service(t, ['--max-old-space-size=256']);
  t.is(await status(port), 200);
  await flood(port, 50, GET, 20_000);
  t.is(await status(port), 200);
  t.is(process.errors, '');
});

test('compressed answers without a reader take bounded memory', async (t) => {
  const { process, port } = await service(t);
  t.is(await status(port), 200);
  const peak = async (times: number): Promise<number> => {
    process.tell('memory');
    const pattern = new RegExp(`(?:peak [^]*){${times - 1}}peak (\\d+)`);
    return Math.round(Number((await process.line(pattern))[1]) / 1024);
  };
  const before = await peak(1);
  for (let round = 0; round < 5; round += 1) await flood(port, 20, GET_COMPRESSED, 5_000);
  t.is(await status(port), 200);
  const grown = (await peak(2)) - before;
  t.log(`${grown} MB more at the most`);
  t.true(grown < 150, `${grown} MB`);
  t.is(process.errors, '');
});

test('a few requests on one connection are answered, one after the other', async (t) => {
  const { port } = await service(t);
  const socket = connect(port, '127.0.0.1');
  socket.write(GET.repeat(10));
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  await until(() => text.match(/^HTTP\/1\.1 200 OK\r$/gm)?.length === 10);
  socket.destroy();
  t.pass();
});

test('a thread that has ended is started again on its port, and says so', async (t) => {
  const { process, port } = await service(t);
  t.is(await status(port), 200);
  for (const end of [1, 2]) {
    process.tell('end');
    await until(() => process.errors.match(/MPMETRICS_SERVER_ENDED/g)?.length === end);
    t.is(await until(() => status(port).catch(() => undefined)), 200);
  }
  process.tell('close');
  await process.line(/closed/);
  t.is((await process.ended).code, 0);
});

test('a server can be closed while its thread has ended', async (t) => {
  const { process } = await service(t);
  process.tell('end');
  await until(() => process.errors.includes('MPMETRICS_SERVER_ENDED'));
  process.tell('close');
  await process.line(/closed/);
  t.is((await process.ended).code, 0);
});
