// A page that shows a part only, and its reason. Removed files are in default-heap.spec.ts, another /dev/shm in wild/.

import { randomBytes } from 'node:crypto';
import test from 'ava';
import { run } from './support/run';
import { asRoot, withNamespaces } from './support/systems';
import { unshared } from './support/unshared';
import { program, type Program } from './wild/support/program';

const ALL = ['removed_files', 'private', 'lease', 'user', 'mount_namespace'];

/** The reasons that a page gives, which must have a sample for each of them. */
function reasons(page: string): string[] {
  const found = [...page.matchAll(/^mpmetrics_partial\{reason="(\w+)"\} ([01])$/gm)];
  const known = found.map(([, reason = '']) => reason);
  if (known.toSorted().join() !== ALL.toSorted().join())
    throw new Error(`${known.join()}: ${page}`);
  return found.filter(([, , value]) => value === '1').map(([, reason = '']) => reason);
}

/** An environment that joins a heap of that name. */
const named = (): Record<string, string> => ({
  MPMETRICS: '',
  MPMETRICS_NAME: `partial-spec-${randomBytes(6).toString('hex')}`,
});

const SHOW = `
  new client.Counter({ name: 'c', help: 'C' }).inc();
  console.log(await client.register.metrics({ own: true }));
`;

test('a page that is whole has no reason', async (t) => {
  const { stdout, stderr } = await run(SHOW, named());
  t.deepEqual(reasons(stdout), []);
  t.is(stderr, '');
});

test('the page of a private heap has the reason "private"', async (t) => {
  const start = unshared('MPMETRICS_NO_SHARED_MEMORY', 'There is no shared memory.');
  const { stdout, stderr } = await run(start + SHOW, named());
  t.regex(stdout, /^c 1$/m);
  t.deepEqual(reasons(stdout), ['private']);
  t.is(stderr.match(/MpmetricsWarning/g)?.length, 1, stderr);
});

withNamespaces('the page of a heap without its lease has the reason "lease"', async (t) => {
  // Each number of files that may be in memory stops another step: no heap at all, a heap without a lease, or nothing.
  const found = new Set<string>();
  for (let files = 3; files < 8; files += 1) {
    const process = program(
      t,
      `import { execFileSync } from 'node:child_process';
       if (process.argv[2] === undefined) {
         const mount = 'mount -t tmpfs -o nr_inodes=${files} tmpfs /dev/shm && exec "$@"';
         const again = [process.execPath, process.argv[1], 'there'];
         execFileSync('unshare', ['-rm', 'sh', '-c', mount, 'sh', ...again], { stdio: 'inherit' });
       } else {
         const { Counter, register } = await import('mpmetrics');
         new Counter({ name: 'c', help: 'C' }).inc();
         console.log(await register.metrics({ own: true }));
       }`,
    );
    await process.ended;
    t.regex(process.output, /^c 1$/m, process.errors);
    found.add(reasons(process.output).join());
  }
  t.deepEqual([...found], ['private', 'lease', '']);
});

asRoot('the page of a thread that starts after its process has changed its user', async (t) => {
  const service = (environment: NodeJS.ProcessEnv): Program =>
    program(
      t,
      `import { Worker, isMainThread, parentPort } from 'node:worker_threads';
       import { once } from 'node:events';
       import { Counter, register } from 'mpmetrics';
       new Counter({ name: 'c', help: 'C' }).inc();
       if (isMainThread) {
         process.setgid(65534);
         process.setuid(65534);
         const [page] = await once(new Worker(process.argv[1]), 'message');
         console.log(page);
         process.exit();
       } else parentPort.postMessage(await register.metrics({ own: true }));`,
      { environment },
    );
  for (const environment of [{}, { MPMETRICS_NAME: named().MPMETRICS_NAME }]) {
    const process = service(environment);
    await process.ended;
    t.regex(process.output, /^c 1$/m);
    t.deepEqual(reasons(process.output), ['user']);
    t.regex(process.errors, /acts as another user than at its first metric \(0, now 65534\)/);
  }
});

asRoot(
  'a process that changes its user before its first metric shares with its children',
  async (t) => {
    const process = program(
      t,
      `import { fork } from 'node:child_process';
     import { Worker, isMainThread } from 'node:worker_threads';
     import { once } from 'node:events';
     import { Counter, register } from 'mpmetrics';
     const isFirst = isMainThread && process.argv[2] === undefined;
     if (isFirst) {
       process.setgid(65534);
       process.setuid(65534);
     }
     new Counter({ name: 'c', help: 'C' }).inc();
     if (isFirst) {
       await once(new Worker(process.argv[1]), 'exit');
       await once(fork(process.argv[1], ['child']), 'exit');
       console.log(await register.metrics({ own: true }));
     }`,
    );
    await process.ended;
    t.regex(process.output, /^c 3$/m, process.errors);
    t.deepEqual(reasons(process.output), []);
    t.notRegex(process.errors, /MPMETRICS_DISCOVERY/);
  },
);

asRoot('the page of a process of another user has the reason "user"', async (t) => {
  const process = program(
    t,
    `import { spawn } from 'node:child_process';
     import { once } from 'node:events';
     import { Counter, register } from 'mpmetrics';
     const counter = new Counter({ name: 'c', help: 'C' });
     const isChild = process.argv[2] === 'child';
     counter.inc(isChild ? 2 : 1);
     if (!isChild) {
       const options = { uid: 65534, gid: 65534, stdio: 'inherit' };
       await once(spawn(process.execPath, [process.argv[1], 'child'], options), 'close');
       console.log('--');
     }
     console.log(await register.metrics({ own: true }));`,
  );
  await process.ended;
  const [child = '', first = ''] = process.output.split('--\n');
  t.regex(child, /^c 2$/m);
  t.deepEqual(reasons(child), ['user'], process.errors);
  t.regex(first, /^c 1$/m);
  t.deepEqual(reasons(first), []);
  t.regex(process.errors, /\[MPMETRICS_DISCOVERY\].* acts as another user/);
});
