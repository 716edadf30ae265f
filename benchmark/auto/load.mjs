// Load on a service: connections that are kept, each with one request under way, as texts that are written beforehand.
import { connect } from 'node:net';

const CONNECTIONS = 16;

/** Sends so many requests to a port, and resolves when all are answered. */
export async function request(port, count) {
  let left = count;
  const paths = Array.from({ length: 64 }, (_, number) => requestTo(`/things/${number}`));
  await Promise.all(Array.from({ length: CONNECTIONS }, () => converse(port, next)));

  function next() {
    left -= 1;
    return left < 0 ? undefined : paths[left & 63];
  }
}

function requestTo(path) {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n`);
}

/** One connection: the next request is sent when the body of the last response has come. */
function converse(port, next) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let text = '';
    const send = () => {
      const bytes = next();
      if (bytes === undefined) socket.end();
      else socket.write(bytes);
    };
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      // All answers end with this body, whether its length is told or it is sent in chunks.
      if (!/\]\}(?:\r\n0\r\n\r\n)?$/.test(text)) return;
      if (!text.startsWith('HTTP/1.1 200')) reject(new Error(text.slice(0, 200)));
      text = '';
      send();
    });
    socket.on('error', reject);
    socket.on('close', resolve);
  });
}
