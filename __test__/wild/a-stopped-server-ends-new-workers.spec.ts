// The process that serves the metrics is stopped (SIGSTOP, a frozen container). A new worker's `await startHttpServer()` rejects with
// MPMETRICS_PORT_IN_USE after three seconds, which ends a worker that does not catch it: nobody can start.

import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { program, until, type Program } from './support/program';

/** A member of a heap that starts servers with those options, one after the other, and says how it went. */
function member(t: ExecutionContext, name: string, ...servers: object[]): Program {
  return program(
    t,
    `
    import { Counter, startHttpServer } from 'mpmetrics';
    new Counter({ name: 'members_total', help: 'Members' }).inc();
    for (const options of ${JSON.stringify(servers)}) {
      const said = await startHttpServer({ host: '127.0.0.1', ...options }).then(
        ({ port }) => 'port ' + port,
        ({ code }) => code,
      );
      console.log('started: ' + said);
    }
    process.stdin.resume();
    `,
    { environment: { MPMETRICS_NAME: name } },
  );
}

async function portOf(server: Program): Promise<number> {
  return Number((await server.line(/port (\d+)/))[1]);
}

function heapName(t: ExecutionContext): string {
  return `wild-${process.pid}-${t.title.length}`;
}

test('a newcomer stands by for a stopped server, and takes over when that has ended', async (t) => {
  const name = heapName(t);
  const first = member(t, name, { port: 0 });
  const port = await portOf(first);
  first.child.kill('SIGSTOP');
  const newcomer = member(t, name, { port });
  t.is((await newcomer.line(/started: (.*)/))[1], `port ${port}`);
  first.child.kill('SIGKILL');
  const answer = await until(() => fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null));
  t.regex(await answer.text(), /^members_total 2$/m);
});

test('a newcomer stands by for a stopped process with several servers', async (t) => {
  const name = heapName(t);
  const first = member(t, name, { port: 0, path: '/one' }, { port: 0, path: '/two' });
  const [, one] = await first.line(/port (\d+)\n.*port (\d+)/);
  const [, , two] = await first.line(/port (\d+)\n.*port (\d+)/);
  first.child.kill('SIGSTOP');
  const options = [
    { port: Number(one), path: '/one' },
    { port: Number(two), path: '/two' },
  ];
  const newcomer = member(t, name, ...options);
  await newcomer.line(/started: port .*\nstarted: port/);
  t.pass();
});

test('a newcomer does not stand by for a stopped server of another path', async (t) => {
  const name = heapName(t);
  const first = member(t, name, { port: 0 });
  const port = await portOf(first);
  first.child.kill('SIGSTOP');
  const newcomer = member(t, name, { port, path: '/other' });
  t.is((await newcomer.line(/started: (.*)/))[1], 'MPMETRICS_PORT_IN_USE');
});

test('a server that was closed leaves its port to others', async (t) => {
  const name = heapName(t);
  const closing = program(
    t,
    `
    import { Counter, startHttpServer } from 'mpmetrics';
    new Counter({ name: 'members_total', help: 'Members' }).inc();
    const server = await startHttpServer({ host: '127.0.0.1', port: 0 });
    await server.close();
    console.log('port ' + server.port);
    process.stdin.resume();
    `,
    { environment: { MPMETRICS_NAME: name } },
  );
  const port = await portOf(closing);
  // Somebody who accepts and is silent, as a stopped process does.
  const silent = createServer().listen(port, '127.0.0.1');
  await once(silent, 'listening');
  t.teardown(() => silent.close());
  t.is((silent.address() as AddressInfo).port, port);
  const newcomer = member(t, name, { port });
  t.is((await newcomer.line(/started: (.*)/))[1], 'MPMETRICS_PORT_IN_USE');
});
