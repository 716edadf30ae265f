// Hostile clients of the server.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from './request.mjs';

/** Clients that are slow, large, many, or strange. The server must answer others all the time. */
export async function hostileClients(url, check) {
  const { port, pathname } = new URL(url);
  const open = (text, onAnswer) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined);
    let answer = '';
    socket.on('data', (part) => (answer += part));
    socket.on('close', () => onAnswer?.(answer));
    return socket;
  };
  const closed = (text) => new Promise((resolve) => open(text, resolve));
  const fine = async (when) => {
    const { status } = await request(url);
    check(status === 200, `${when}: ${status}`);
  };

  // Slow clients, which send a byte of their headers now and then.
  const slow = Array.from({ length: 50 }, () => open(`GET ${pathname} HTTP/1.1\r\nX: `));
  const drip = setInterval(
    () => slow.forEach((socket) => socket.writable && socket.write('x')),
    500,
  );
  await fine('beside slow clients');
  // Clients that send requests and never read.
  const deaf = Array.from({ length: 50 }, () => {
    const socket = open(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(20));
    socket.pause();
    return socket;
  });
  await fine('beside clients that do not read');
  const many = Array.from({ length: 1000 }, () => open(''));
  await sleep(500);
  await fine('beside a thousand connections');
  await fine('beside a thousand connections, again');

  const huge = await closed(`GET ${pathname} HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
  check(/^HTTP\/1.1 431/.test(huge) || huge === '', `huge headers: ${huge.slice(0, 40)}`);
  const hundreds = 'Y: y\r\n'.repeat(5000);
  const crowded = await closed(`GET ${pathname} HTTP/1.1\r\n${hundreds}\r\n`);
  check(/^HTTP\/1.1 4|^$/.test(crowded), `many headers: ${crowded.slice(0, 40)}`);
  const methods = ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PURGE', 'BREW'];
  for (const method of methods) {
    const head = `${method} ${pathname} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
    const answer = await closed(head);
    check(/^HTTP\/1.1 (405|400)/.test(answer), `${method}: ${answer.slice(0, 40)}`);
  }
  for (const path of ['//', '/../../etc/passwd', '/%00', '*', 'http://[', '/metrics/../secret']) {
    const answer = await closed(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    check(/^HTTP\/1.1 (400|404|302)/.test(answer), `${path}: ${answer.slice(0, 40)}`);
  }
  for (const garbage of ['\0\0\0\0\r\n\r\n', '\x16\x03\x01\x02\r\n\r\n', 'GET\r\n\r\n']) {
    const answer = await closed(garbage);
    check(/^HTTP\/1.1 400|^$/.test(answer), `garbage: ${answer.slice(0, 40)}`);
  }
  await fine('after all of that');
  // The server closes slow connections.
  const started = performance.now();
  await Promise.all(
    slow.map((socket) => socket.destroyed || new Promise((resolve) => socket.on('close', resolve))),
  );
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  clearInterval(drip);
  for (const socket of [...deaf, ...many]) socket.destroy();
  await fine('in the end');
  return {
    connections: many.length + slow.length + deaf.length,
    slowOnesDroppedAfterSeconds: seconds,
  };
}
