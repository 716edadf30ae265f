// The heap of the HTTP server after its registries have moved to another heap.

import { randomBytes } from 'node:crypto';
import test from 'ava';
import { Counter, open, startHttpServer, type Heap } from '../index';
import { viewOf } from '../src/registry/merged';
import { ask } from './server/ask';
import { run } from './support/run';
import { unshared } from './support/unshared';

function name(): string {
  return `server-heaps-${randomBytes(6).toString('hex')}`;
}

test('a server of a reader serves the next heap of the name', async (t) => {
  const options = { name: name() };
  const count = (amount: number): Heap => {
    const heap = open(options);
    const { attachment } = viewOf(heap.register).location.address();
    // The registry has another number in each heap.
    for (let other = 0; other < amount; other += 1) attachment?.registry(`name:${other}`);
    new Counter({ name: 'c', help: 'C', registers: [heap.register] }).inc(amount);
    return heap;
  };
  const first = count(1);
  const reader = open({ ...options, mode: 'read' });
  const server = await startHttpServer({ port: 0, registry: reader.register });
  const shown = async (): Promise<unknown> => {
    const { status, body } = await ask(server.url);
    return /^c .*$/m.exec(body.toString())?.[0] ?? status;
  };
  const purpose = async (): Promise<string> => {
    return (await ask(`http://localhost:${server.port}/-/heap`)).body.toString();
  };
  t.is(await shown(), 'c 1');
  t.true((await purpose()).includes(first.info().id));
  first.close();
  t.is(await shown(), 503);

  const second = count(2);
  t.is(await shown(), 'c 2');
  t.true((await purpose()).includes(second.info().id));
  // The registry itself continues as well.
  t.regex(await reader.register.metrics(), /^c 2$/m);
  t.is(await shown(), 'c 2');
  second.close();

  // A heap that does not have the registry yet.
  const third = open(options);
  t.is(await shown(), 200);
  new Counter({ name: 'c', help: 'C', registers: [third.register] }).inc(3);
  t.is(await shown(), 'c 3');
  await server.close();
  reader.close();
  third.close();
});

test('the server follows its process into a heap that could not be opened at first', async (t) => {
  const { stdout } = await run(
    `
    ${unshared('MPMETRICS_GATE_TIMEOUT', 'The gate is held.')}
    const counter = new client.Counter({ name: 'c', help: 'C' });
    counter.inc();
    const server = await client.startHttpServer({ port: 0 });
    const shown = async () => {
      const response = await fetch(server.url.replace('localhost', '127.0.0.1'));
      return /^c .*$/m.exec(await response.text())?.[0] ?? response.status;
    };
    const said = [await shown()];
    binding.NativeHeap = NativeHeap;
    // Another process of the application, from the heap's point of view.
    const other = client.open({ name: process.env.MPMETRICS_NAME });
    new client.Counter({ name: 'other', help: 'O', registers: [other.register] }).inc();
    const deadline = Date.now() + 30_000;
    while (!(await client.register.metrics()).includes('other 1') && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    counter.inc();
    console.log(JSON.stringify([...said, await shown()]));
    process.exit();
    `,
    { MPMETRICS: '', MPMETRICS_NAME: name() },
  );
  t.deepEqual(JSON.parse(stdout), ['c 1', 'c 2']);
});
