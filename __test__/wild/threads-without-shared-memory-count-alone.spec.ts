// "In a container without /dev/shm the page of my main thread has none of what my worker threads count, and each of them warns."
//
// The threads of a process share one private heap, and one warning says that other processes do not.

import test from 'ava';
import { onLinux } from '../support/systems';
import { unshared } from '../support/unshared';
import { program } from './support/program';

/** A program whose main thread and worker threads each count once, and print what each of them sees. */
const COUNTING = `
  import { isMainThread, parentPort, threadId, Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  import { Counter, open, register } from 'mpmetrics';

  const counter = new Counter({ name: 'jobs_total', help: 'J', labelNames: ['thread'] });
  counter.inc({ thread: threadId });
  if (isMainThread) {
    const workers = [1, 2, 3].map(() => new Worker(new URL(import.meta.url)));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const seen = (await register.metrics()).match(/^jobs_total.*/gm).sort();
    workers[0].postMessage('scrape');
    const [there] = await once(workers[0], 'message');
    const { shared } = open().info();
    console.log(JSON.stringify({ seen, there, shared }));
    process.exit();
  } else {
    parentPort.on('message', async () => {
      parentPort.postMessage((await register.metrics()).match(/^jobs_total.*/gm).sort());
    });
    parentPort.postMessage('ready');
  }`;

const ALL = [0, 1, 2, 3].map((thread) => `jobs_total{thread="${thread}"} 1`);

test('MPMETRICS=private: the threads share one heap, as a process does', async (t) => {
  const run = program(t, COUNTING, { environment: { MPMETRICS: 'private' } });
  await run.ended;
  t.deepEqual(JSON.parse(run.output), { seen: ALL, there: ALL, shared: false }, run.errors);
  t.notRegex(run.errors, /MpmetricsWarning/);
});

for (const code of ['MPMETRICS_NO_SHARED_MEMORY', 'MPMETRICS_GATE_TIMEOUT']) {
  onLinux(`no heap can be shared (${code}): so do they then, and one warns`, async (t) => {
    const run = program(t, unshared(code, 'It can\u2019t be had.') + COUNTING);
    await run.ended;
    t.deepEqual(JSON.parse(run.output), { seen: ALL, there: ALL, shared: false }, run.errors);
    t.is(run.errors.match(/MpmetricsWarning: The metrics of this process/g)?.length, 1, run.errors);
  });
}
