// "I make a registry for each request, as the guide says, and get MPMETRICS_UNNAMED_REGISTRY."
//
// `shared: false` says that a registry is private on purpose.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { Counter, Registry } from '../../index';
import { program } from './support/program';

test('the probe of the guide shows its own values, without a warning', async (t) => {
  const guide = readFileSync('docs/guides/registries.md', 'utf8');
  const [, probe] = /```js\n([^`]*async function probe[\s\S]*?)```/.exec(guide) ?? [];
  const run = program(
    t,
    `${probe}
     for (let round = 0; round < 3; round += 1) console.log(/^probe_success .*/m.exec(await probe())[0]);`,
    { environment: { MPMETRICS_NAME: `probe-${randomBytes(6).toString('hex')}` } },
  );
  await run.ended;
  t.regex(run.output, /^probe_success 1$/m, 'the guide itself calls it once');
  t.true(run.output.endsWith('probe_success 1\n'.repeat(3)), run.output);
  t.is(run.errors, '');
});

test('a private registry is not shared with other threads, however often it is made', async (t) => {
  const run = program(
    t,
    `import { once } from 'node:events';
     import { isMainThread, parentPort, Worker } from 'node:worker_threads';
     import { Counter, Registry } from 'mpmetrics';
     const registry = new Registry({ shared: false });
     new Counter({ name: 'c', help: 'C', registers: [registry] }).inc();
     if (isMainThread) {
       await once(new Worker(new URL(import.meta.url)), 'message');
       console.log(/^c .*/m.exec(await registry.metrics())[0]);
       process.exit();
     }
     parentPort.on('message', () => undefined);
     parentPort.postMessage('counted');`,
    { environment: { MPMETRICS_NAME: `probe-${randomBytes(6).toString('hex')}` } },
  );
  await run.ended;
  t.is(run.output, 'c 1\n', run.errors);
  t.is(run.errors, '');
});

test('a private registry has no name, and the option is true or false', async (t) => {
  for (const options of [{ name: 'n', shared: false }, { shared: 1 }, { shared: null }]) {
    t.throws(() => new Registry(options as never), { code: 'MPMETRICS_BAD_ARGUMENT' });
  }
  const registry = new Registry({ name: 'named', shared: true });
  new Counter({ name: 'c', help: 'C', registers: [registry] }).inc();
  t.regex(await registry.metrics(), /^c 1$/m);
});
