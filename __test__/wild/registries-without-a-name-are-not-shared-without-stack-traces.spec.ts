// "We set Error.stackTraceLimit = 0 in production, and the registry of my workers is empty."
//
// Registries without a name are known by the place in the code. Where that cannot be told, a warning says so.

import { randomBytes } from 'node:crypto';
import test from 'ava';
import { program } from './support/program';

const name = (): string => `traces-${randomBytes(6).toString('hex')}`;

/** A program whose main thread and one worker thread count in a registry without a name. */
const counting = (before: string, make = 'new Registry()', after = ''): string => `
  import { isMainThread, parentPort, Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  import { Counter, Registry } from 'mpmetrics';

  const original = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');
  ${before}
  const set = JSON.stringify(Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'));
  const registry = ${make};
  const counter = new Counter({ name: 'c', help: 'C', registers: [registry] });
  const kept = JSON.stringify(Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit'));
  ${after}
  counter.inc();
  if (isMainThread) {
    const worker = new Worker(new URL(import.meta.url));
    await once(worker, 'message');
    console.log((await registry.metrics()).match(/^c .*$/m)[0], set === kept);
    process.exit();
  } else {
    parentPort.on('message', () => undefined);
    parentPort.postMessage('ready');
  }`;

for (const [title, before] of [
  ['is 0', 'Error.stackTraceLimit = 0;'],
  ['is negative', 'Error.stackTraceLimit = -1;'],
  ['was deleted', 'delete Error.stackTraceLimit;'],
  ['is no number', "Error.stackTraceLimit = 'none';"],
  [
    'is a getter',
    "Object.defineProperty(Error, 'stackTraceLimit', { get: () => 0, configurable: true });",
  ],
] as const) {
  test(`Error.stackTraceLimit ${title}: the registry is shared, and the limit stays`, async (t) => {
    const run = program(t, counting(before), { environment: { MPMETRICS_NAME: name() } });
    await run.ended;
    t.is(run.output, 'c 2 true\n', run.errors);
    t.notRegex(run.errors, /MpmetricsWarning/);
  });
}

for (const [title, before, make] of [
  [
    'a limit that cannot be changed',
    "Object.defineProperty(Error, 'stackTraceLimit', { value: 0, writable: false, configurable: false });",
    'new Registry()',
  ],
  ['Error.prepareStackTrace', 'Error.prepareStackTrace = () => "hidden";', 'new Registry()'],
] as const) {
  test(`${title} hides the place: a warning says so`, async (t) => {
    // The errors of the program need a stack again.
    const run = program(t, counting(before, make, 'delete Error.prepareStackTrace;'), {
      environment: { MPMETRICS_NAME: name() },
    });
    await run.ended;
    t.is(run.output, 'c 1 true\n', run.errors);
    t.regex(
      run.errors,
      /\[MPMETRICS_UNNAMED_REGISTRY\] MpmetricsWarning: A registry without a name is not/,
    );
  });
}

test('a registry with a name needs no place', async (t) => {
  const run = program(
    t,
    counting('Error.prepareStackTrace = () => "hidden";', "new Registry({ name: 'n' })", ''),
    { environment: { MPMETRICS_NAME: name() } },
  );
  await run.ended;
  t.is(run.output, 'c 2 true\n', run.errors);
  t.notRegex(run.errors, /MpmetricsWarning/);
});
