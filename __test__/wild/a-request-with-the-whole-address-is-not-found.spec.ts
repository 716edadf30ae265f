// A proxy, or a client behind one, asks for `GET http://host/metrics HTTP/1.1`, and gets 404. RFC 9112, section 3.2.2: a server must accept
// such a target.

import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { program } from './support/program';

/** A service that counts one request and serves its metrics. */
async function servicePort(t: ExecutionContext): Promise<number> {
  const service = program(
    t,
    `
    import { Counter, startHttpServer } from 'mpmetrics';
    new Counter({ name: 'requests_total', help: 'Requests' }).inc();
    console.log('port', (await startHttpServer({ port: 0, host: '127.0.0.1' })).port);
    process.stdin.resume();
    `,
  );
  return Number((await service.line(/port (\d+)/))[1]);
}

/** The whole answer to a request whose first line is that. */
async function answerTo(port: number, line: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

test('a target in absolute form finds the metrics', async (t) => {
  const port = await servicePort(t);
  for (const target of [
    'http://proxied.example/metrics',
    `HTTP://127.0.0.1:${port}/metrics`,
    'https://proxied.example/metrics',
  ]) {
    const answer = await answerTo(port, `GET ${target}`);
    t.regex(answer, /^HTTP\/1\.1 200 OK\r\n[^]*\nrequests_total 1\n/, target);
  }
  const named = await answerTo(port, 'GET http://proxied.example/metrics?name[]=requests_total');
  t.regex(named, /\r\n\r\n# HELP requests_total [^]*\nrequests_total 1\n$/);
});

test('the host of an absolute target is no part of the path', async (t) => {
  const port = await servicePort(t);
  t.regex(await answerTo(port, 'GET http://metrics/'), /^HTTP\/1\.1 302 /);
  t.regex(await answerTo(port, 'GET http://metrics'), /^HTTP\/1\.1 302 /);
  t.regex(await answerTo(port, 'GET http://proxied.example/other'), /^HTTP\/1\.1 404 /);
});

test('two slashes begin a path, not a host', async (t) => {
  const port = await servicePort(t);
  t.regex(await answerTo(port, 'GET //proxied.example/metrics'), /^HTTP\/1\.1 404 /);
});

test('targets without a resource are refused', async (t) => {
  const port = await servicePort(t);
  t.regex(await answerTo(port, 'OPTIONS *'), /^HTTP\/1\.1 405 [^]*\r\nAllow: GET, HEAD\r\n/);
  t.regex(await answerTo(port, 'GET ftp://proxied.example/metrics'), /^HTTP\/1\.1 400 /);
});
