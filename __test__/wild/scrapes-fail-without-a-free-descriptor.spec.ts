// "When my process has used up its descriptors, or has given up root, metrics() rejects with advice about /dev/shm."
//
// A scrape needs no new descriptor and no new right for memory that is mapped. Each refusal of the system has its own sentence.

import { randomBytes } from 'node:crypto';
import { onLinux } from '../support/systems';
import { program } from './support/program';

const name = (): string => `descriptors-${randomBytes(6).toString('hex')}`;

/** Opens files until no descriptor is free. */
const USE_UP = `
  const used = [];
  const useUp = () => {
    try {
      for (;;) used.push(openSync('/dev/null'));
    } catch (error) {
      if (error.code !== 'EMFILE') throw error;
    }
  };`;

onLinux(
  'without a free descriptor, a scrape has all values, and series that fit are made',
  async (t) => {
    const run = program(
      t,
      `import { openSync } from 'node:fs';
     import { once } from 'node:events';
     import { Worker, isMainThread, parentPort } from 'node:worker_threads';
     import { Counter, Gauge, register } from 'mpmetrics';
     ${USE_UP}
     const counter = new Counter({ name: 'c', help: 'C', labelNames: ['x'] });
     const gauge = new Gauge({ name: 'g', help: 'G' });
     counter.inc({ x: 'first' });
     gauge.inc();
     if (isMainThread) {
       await once(new Worker(new URL(import.meta.url)), 'message');
       await register.metrics();
       useUp();
       for (let index = 0; index < 100; index += 1) counter.inc({ x: index });
       const lines = (await register.metrics()).split('\\n').filter((line) => /^[cg][ {]/.test(line));
       console.log(JSON.stringify([lines.length, lines.includes('c{x="first"} 2'), lines.includes('g 2')]));
       process.exit();
     }
     parentPort.on('message', () => undefined);
     parentPort.postMessage('counted');`,
      { environment: { MPMETRICS_NAME: name() } },
    );
    await run.ended;
    t.is(run.output, '[102,true,true]\n', run.errors);
    t.notRegex(run.errors, /Error|MpmetricsWarning/);
  },
);

onLinux(
  'a heap that cannot grow for want of a descriptor says that, and keeps all counts',
  async (t) => {
    const run = program(
      t,
      `import { closeSync, openSync } from 'node:fs';
     import { Counter, register } from 'mpmetrics';
     ${USE_UP}
     const counter = new Counter({ name: 'c', help: 'C', labelNames: ['x'] });
     counter.inc({ x: 'first' });
     useUp();
     for (let index = 0; index < 3000; index += 1) counter.inc({ x: index });
     const count = async () => (await register.metrics()).match(/^c\\{/gm).length;
     const before = await count();
     used.forEach(closeSync);
     for (let round = 0; round < 100; round += 1) {
       for (let index = 0; index < 3000; index += 1) counter.inc({ x: index }, round === 99 ? 1 : 0);
     }
     const text = await register.metrics();
     const sum = text.match(/^c\\{.*/gm).reduce((all, line) => all + Number(line.split(' ').pop()), 0);
     const overflow = /otel_metric_overflow="true"/.test(text);
     console.log(JSON.stringify([before < 3001, await count(), overflow, sum]));
     process.exit();`,
      { environment: { MPMETRICS_NAME: name() } },
    );
    await run.ended;
    // All series, and the overflow series with the counts of those that could not be made at first.
    t.is(run.output, '[true,3002,true,6001]\n', run.errors);
    t.regex(run.errors, /\[MPMETRICS_NO_SHARED_MEMORY\].*no free file descriptor: raise its limit/);
    t.notRegex(run.errors, /memory is full|no room in shared memory|--shm-size/);
  },
);

onLinux('a umask that takes all rights takes none of the heap’s files', async (t) => {
  const run = program(
    t,
    `import { fork } from 'node:child_process';
     import { once } from 'node:events';
     import { readdirSync, statSync } from 'node:fs';
     process.umask(0o777);
     if (process.send === undefined && process.getuid() === 0) process.setuid(65534);
     const { Counter, open, register } = await import('mpmetrics');
     const counter = new Counter({ name: 'c', help: 'C', labelNames: ['x'] });
     for (let index = 0; index < 3000; index += 1) counter.inc({ x: index });
     if (process.send === undefined) {
       await once(fork(new URL(import.meta.url)), 'message');
       const { shared } = open().info();
       console.log(shared, (await register.metrics()).match(/^c\\{.* 2$/gm)?.length);
       process.exit();
     }
     process.send('counted', () => process.disconnect());`,
    { environment: { MPMETRICS_NAME: name() } },
  );
  await run.ended;
  t.is(run.output, 'true 3000\n', run.errors);
  t.notRegex(run.errors, /MpmetricsWarning/);
});

onLinux('privileges are dropped after the first metric: reading and counting go on', async (t) => {
  const run = program(
    t,
    `import { Counter, Gauge, register } from 'mpmetrics';
     const counter = new Counter({ name: 'c', help: 'C', labelNames: ['x'] });
     new Gauge({ name: 'g', help: 'G' }).set(1);
     counter.inc({ x: 'first' });
     const isRoot = process.getuid() === 0;
     if (isRoot) {
       process.setgid(65534);
       process.setuid(65534);
     }
     counter.inc({ x: 'first' });
     for (let index = 0; index < 100; index += 1) counter.inc({ x: index });
     const text = await register.metrics();
     console.log(text.match(/^c\\{/gm).length, /^c\\{x="first"\\} 2$/m.test(text), /^g 1$/m.test(text));
     for (let index = 0; index < 5000; index += 1) counter.inc({ x: index });
     await register.metrics();
     console.log(isRoot);
     process.exit();`,
    { environment: { MPMETRICS_NAME: name() } },
  );
  await run.ended;
  t.regex(run.output, /^101 true true\n(?:true|false)\n$/, run.errors);
  // Memory beyond what is mapped would be another user's to the rest of the application: that is told, and nothing is to be removed.
  const isRefused =
    /\[MPMETRICS_NO_SHARED_MEMORY\].*as one user, which they have become before their first metric/;
  t.is(isRefused.test(run.errors), run.output.includes('\ntrue\n'), run.errors);
  t.notRegex(run.errors, /remove it|--shm-size/);
});
