// Security: names, files and clients that mean harm.
//
// Whatever lies where a heap's files should be, and is not this user's alone, is refused with a typed error; two users see
// nothing of each other; no label value breaks the exposition; and no client keeps the server from answering others.
import {
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapName, item, short, unavailable } from './support/item.mjs';
import { DIRECTORY, filesOf, heapsOf } from './support/files.mjs';
import { ownSharedMemory } from './support/namespace.mjs';
import { readLabels } from '../../examples/demo/exposition.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

/** A user without any rights, as most systems have it. */
const NOBODY = '65534';
const isRoot = process.getuid() === 0;
ownSharedMemory();
process.env.NODE_NO_WARNINGS = '1';
process.env.MPMETRICS_NAME = heapName;

await item(async ({ figures, check }) => {
  figures.names = await names(check);
  figures.squatted = await squatted(check, figures);
  if (isRoot) await users(check, figures);
  else unavailable(figures, 'two users', 'only root can be another user');
  const server = new Actor('fork');
  const { url } = await server.run(serve);
  figures.text = await hostileText(server, url, check);
  figures.server = await hostileClients(url, check);
  await server.leave();
});

/** Names of heaps that lead elsewhere, given in code and in the environment. */
async function names(check) {
  const bad = [
    '../evil',
    '..',
    '.hidden',
    'a/b',
    '/etc/passwd',
    'a\\b',
    'a b',
    'ä',
    'x'.repeat(65),
  ];
  for (const name of bad) {
    const environment = { MPMETRICS_NAME: name };
    const actor = new Actor('fork', { environment });
    const codes = await actor.run((client, kept, given) => {
      const codeOf = (does) => {
        try {
          does();
          return 'no error';
        } catch (error) {
          return error.code;
        }
      };
      return [
        codeOf(() => client.open({ name: given })),
        codeOf(() => client.open({ name: given, mode: 'read' })),
        codeOf(() => new client.Counter({ name: 'c', help: 'H' }).inc()),
      ];
    }, name);
    check(new Set(codes).size === 1 && codes[0] === 'MPMETRICS_INVALID_NAME', `${name}: ${codes}`);
    await actor.leave();
  }
  return bad.length;
}

/** What somebody may have put where the files of a heap are, each before it is made. */
async function squatted(check, figures) {
  // The names of the files, as a heap of that name has them.
  const first = new Actor('fork');
  await first.run(count);
  const [key] = heapsOf(first.pid);
  await first.leave();
  const target = `${DIRECTORY}/target-${process.pid}`;
  const plant = {
    'a symbolic link': (path) => symlinkSync(target, path),
    'a dangling symbolic link': (path) => symlinkSync(`${target}-missing`, path),
    'a directory': (path) => mkdirSync(path),
    'a file that all may write': (path) => (writeFileSync(path, ''), chmodSync(path, 0o666)),
    'a file that all may read': (path) => (writeFileSync(path, ''), chmodSync(path, 0o644)),
  };
  if (isRoot) {
    plant["another user's file"] = (path) => {
      writeFileSync(path, '', { mode: 0o600 });
      chownSync(path, Number(NOBODY), Number(NOBODY));
    };
  } else unavailable(figures, "another user's file", 'only root can make one');
  let tried = 0;
  for (const [what, put] of Object.entries(plant)) {
    for (const suffix of ['gate', '0', 'map', 'w0']) {
      writeFileSync(target, 'untouched', { mode: 0o600 });
      const path = `${DIRECTORY}/${key}.${suffix}`;
      put(path);
      const actor = new Actor('fork');
      const { opened, alone } = await actor.run(async (client, kept, given) => {
        const found = {};
        try {
          client.open({ name: given }).close();
          found.opened = 'no error';
        } catch (error) {
          found.opened = error.code;
        }
        const counter = new client.Counter({ name: 'counted_total', help: 'H' });
        counter.inc();
        found.alone = /^counted_total (.*)$/m.exec(await client.register.metrics())?.[1];
        return found;
      }, heapName);
      await actor.leave();
      tried += 1;
      check(
        opened === 'MPMETRICS_NOT_OWNED' || opened === 'no error',
        `${what} as ${suffix}: ${opened}`,
      );
      // Either it was taken away, or it keeps the heap from being made; the application goes on in both cases.
      check(alone === '1', `${what} as ${suffix}: the application counts ${alone}`);
      rmSync(path, { recursive: true, force: true });
      for (const name of filesOf([key])) rmSync(`${DIRECTORY}/${name}`, { recursive: true });
    }
  }
  rmSync(target);

  // A heap that is in use, and has another id than the one that is meant; and one whose files are not as they were made.
  const holder = new Actor('fork');
  await holder.run(count);
  const stranger = new Actor('fork', { environment: { MPMETRICS_NAME: '' } });
  const mismatch = await stranger.run(
    (client, kept, given) => {
      const { NativeHeap } = process.getBuiltinModule('module').createRequire(given.root)(
        '#binding',
      );
      try {
        NativeHeap.attach({ name: given.name, id: '0'.repeat(32) });
        return 'no error';
      } catch (error) {
        return error.code;
      }
    },
    { name: heapName, root: new URL('../../package.json', import.meta.url).pathname },
  );
  check(mismatch === 'MPMETRICS_ID_MISMATCH', `another id: ${mismatch}`);
  const segment = `${DIRECTORY}/${key}.0`;
  chmodSync(segment, 0o666);
  const loosened = await stranger.run(codeOfOpening, heapName);
  check(loosened === 'MPMETRICS_NOT_OWNED', `a segment that all may write: ${loosened}`);
  chmodSync(segment, 0o600);
  // A file without its end is refused by whoever comes then; see docs/RELIABILITY.md about those who have it mapped.
  await holder.kill();
  truncateSync(segment, 4096);
  const cut = await stranger.run(codeOfOpening, heapName);
  check(cut.startsWith('MPMETRICS_'), `a segment that was cut off: ${cut}`);
  await stranger.leave();
  const last = new Actor('fork');
  await last.run(count);
  await last.leave();
  check(filesOf([key]).length === 0, `left behind: ${filesOf([key])}`);
  return tried + 3;
}

/** Two users use one name: each has a heap of its own, and can neither read nor remove the other's. */
async function users(check, figures) {
  const mine = new Actor('spawn');
  const through = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const theirs = new Actor('spawn', { through });
  try {
    check((await mine.run(count)) === 1, 'the first sees something');
    check((await theirs.run(count)) === 1, 'the other sees something of the first');
    check((await mine.run(count)) === 2, 'the first is disturbed');
    const heaps = heapsOf(mine.pid);
    check(
      heaps.every((heap) => !heapsOf(theirs.pid).includes(heap)),
      'they share a heap',
    );
    const denied = await theirs.run(
      (client, kept, files) => {
        const { readFileSync, rmSync: remove } = process.getBuiltinModule('fs');
        const outcomes = files.flatMap((file) => {
          return [() => readFileSync(file), () => remove(file)].map((does) => {
            try {
              does();
              return `done to ${file}`;
            } catch (error) {
              return error.code;
            }
          });
        });
        return [...new Set(outcomes)];
      },
      filesOf(heaps).map((name) => `${DIRECTORY}/${name}`),
    );
    check(
      denied.every((outcome) => !outcome.startsWith('done')),
      `${denied}`,
    );
    // By itself, so that its heap goes: nobody else may sweep it.
    await theirs.leave();
    figures.users = 'apart';
  } catch (error) {
    // The other user may not be allowed to read this folder at all.
    if (!/ended before/.test(error)) throw error;
    unavailable(figures, 'two users', 'another user cannot start this program');
  }
  await Promise.all([mine.leave(), theirs.kill()]);
}

/** Label values and help texts that try to be something else, read back as they were meant. */
async function hostileText(server, url, check) {
  const mega = short ? 1_000_000 : 5_000_000;
  const values = await server.run((client, kept, size) => {
    const hostile = [
      '"} 1\nfake_total 1',
      'quote " backslash \\ newline \n return \r tab \t',
      '\\n is no newline, \\" no quote',
      'nul \0 bell \x07 delete \x7f',
      'lone \ud800 surrogate \udfff',
      '\u2028 \ufeff \u{10ffff}',
      '# HELP fake x\n# TYPE fake counter\nfake 1',
      '# EOF\n',
      `${'long "\\\n'.repeat(size / 8)}`,
    ];
    const help = hostile.join(' ').slice(0, 1000);
    const counter = new client.Counter({ name: 'hostile_total', help, labelNames: ['value'] });
    for (const value of hostile) counter.inc({ value });
    return hostile;
  }, mega);
  for (const accept of ['text/plain', 'application/openmetrics-text; version=1.0.0']) {
    const { status, body } = await request(url, { accept });
    check(status === 200, `hostile text: ${status}`);
    check(!/^fake/m.test(body), 'a label value has become a sample');
    const lines = body.split('\n').filter((line) => line.startsWith('hostile_total{'));
    const read = lines.map((line) => readLabels(line.slice(14, line.lastIndexOf('}'))).value);
    // What is no text in any encoding is shown as what stands for it.
    const expected = values.map((value) => value.toWellFormed?.() ?? wellFormed(value));
    for (const value of expected) {
      check(read.includes(value), `not read back: ${JSON.stringify(value.slice(0, 40))}`);
    }
    check(read.length === expected.length, `${read.length} of ${expected.length} series are shown`);
  }
  return { values: values.length, longest: Math.max(...values.map(({ length }) => length)) };
}

/** Clients that are slow, large, many, or strange; others must be answered all the while. */
async function hostileClients(url, check) {
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

  // Slow ones, which send a byte of their headers now and then.
  const slow = Array.from({ length: 50 }, () => open(`GET ${pathname} HTTP/1.1\r\nX: `));
  const drip = setInterval(
    () => slow.forEach((socket) => socket.writable && socket.write('x')),
    500,
  );
  await fine('beside slow clients');
  // Those who ask and never read.
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
  // Slow ones are not kept for ever.
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

function serve(client) {
  return client.startHttpServer({ port: 0, host: '127.0.0.1' }).then(({ url }) => ({ url }));
}

async function count(client, kept) {
  kept.counter ??= new client.Counter({ name: 'counted_total', help: 'H' });
  kept.counter.inc();
  return Number(/^counted_total (.*)$/m.exec(await client.register.metrics())?.[1]);
}

function codeOfOpening(client, kept, name) {
  try {
    client.open({ name, mode: 'read' }).close();
    return 'no error';
  } catch (error) {
    return error.code;
  }
}

function request(url, headers = {}) {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject);
  });
}

/** As `toWellFormed()`, for a runtime without it. */
function wellFormed(text) {
  return Buffer.from(text, 'utf8').toString('utf8');
}
