// The default heap, if it cannot be opened.

import { randomBytes } from 'node:crypto';
import test from 'ava';
import { run } from './support/run';
import { onLinux } from './support/systems';
import { unshared } from './support/unshared';

function name(): string {
  return `seat-spec-${randomBytes(6).toString('hex')}`;
}

test('without shared memory there is a private heap, and one warning', async (t) => {
  const { stdout, stderr } = await run(
    `
    ${unshared('MPMETRICS_NO_SHARED_MEMORY', 'There is no shared memory.')}
    let thrown;
    try {
      client.open({ name: 'x' });
    } catch (error) {
      thrown = [error instanceof client.MpmetricsError, error.code, error.message];
    }
    const counter = new client.Counter({ name: 'c', help: 'C' });
    counter.inc();
    new client.Gauge({ name: 'g', help: 'G' }).set(1);
    const text = await client.register.metrics();
    console.log(JSON.stringify([thrown, text.includes('\\nc 1\\n')]));
    `,
    { MPMETRICS: '', MPMETRICS_NAME: name() },
  );
  t.deepEqual(JSON.parse(stdout), [
    [true, 'MPMETRICS_NO_SHARED_MEMORY', 'There is no shared memory.'],
    true,
  ]);
  t.is(
    stderr.match(/\[MPMETRICS_NO_SHARED_MEMORY\] MpmetricsWarning: The metrics of this process/g)
      ?.length,
    1,
    stderr,
  );
});

test('the message about a private heap says whether the shared heap is retried', async (t) => {
  const { stdout, stderr } = await run(
    `
    ${unshared('MPMETRICS_GATE_TIMEOUT', 'The gate is held.')}
    const heap = client.open();
    new client.Counter({ name: 'default', help: 'D' }).inc();
    new client.Counter({ name: 'opened', help: 'O', registers: [heap.register] }).inc();
    binding.NativeHeap = NativeHeap;
    const deadline = Date.now() + 30_000;
    const isThere = () => client.open({ name: process.env.MPMETRICS_NAME, mode: 'read' });
    for (let there; there === undefined && Date.now() < deadline; ) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      try {
        there = isThere();
      } catch {}
    }
    const shared = isThere();
    const text = await shared.register.metrics();
    console.log(JSON.stringify([
      text, heap.info().shared, /^opened 1$/m.test(await heap.register.metrics()),
    ]));
    `,
    { MPMETRICS: '', MPMETRICS_NAME: name() },
  );
  // Only the default heap was retried, not the opened one.
  t.deepEqual(JSON.parse(stdout), [
    '# HELP default D\n# TYPE default counter\ndefault 1\n',
    false,
    true,
  ]);
  const said = stderr.match(/\[MPMETRICS_GATE_TIMEOUT\] MpmetricsWarning: .*/g) ?? [];
  t.is(said.length, 2, stderr);
  t.regex(said[0] ?? '', /A heap that was opened stays so until it is opened again\.$/);
  t.regex(said[1] ?? '', /That is tried again\.$/);
});

onLinux(
  'a process with a heap removed by hand, and replaced by others, starts children that count alone',
  async (t) => {
    const { stdout } = await run(
      `
    import { spawn, execFile } from 'node:child_process';
    import { once } from 'node:events';
    import { readFileSync, readdirSync, rmSync } from 'node:fs';
    import { promisify } from 'node:util';
    new client.Counter({ name: 'mine', help: 'M' }).inc();
    const { name } = client.open().info();
    const [, key] = /\\/dev\\/shm\\/(mpm\\.\\w+)\\./.exec(readFileSync('/proc/self/maps', 'utf8'));
    for (const file of readdirSync('/dev/shm').filter((file) => file.startsWith(key + '.'))) {
      rmSync('/dev/shm/' + file);
    }
    const start = (code) => [...process.execArgv.slice(0, -1), process.env.INDEX.replace('CODE', code)];
    const others = spawn(process.execPath, start(\`
      client.open({ name: '\${name}' });
      console.log('there');
      process.stdin.resume();\`), { env: { ...process.env, MPMETRICS_TOKEN: '' } });
    await once(others.stdout, 'data');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, start(\`
      const counter = new client.Counter({ name: 'childs', help: 'C' });
      counter.inc();
      const heap = client.open();
      console.log(JSON.stringify([heap.info().shared, (await counter.get()).values[0].value]));
    \`));
    others.stdin.end();
    await once(others, 'exit');
    console.log(JSON.stringify([JSON.parse(stdout), stderr, await client.register.metrics()]));
    `,
      {
        MPMETRICS: '',
        INDEX: `import * as client from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}; CODE`,
      },
    );
    const [seen, stderr, own] = JSON.parse(stdout) as [unknown, string, string];
    t.deepEqual(seen, [false, 1]);
    // One for the default heap, and one for the opened heap.
    t.is(stderr.match(/MpmetricsWarning/g)?.length, 2, stderr);
    t.regex(stderr, /has another id/);
    t.regex(own, /^mine 1$/m);
  },
);

onLinux(
  'a process that starts after the files of a heap were removed warns, and both pages say that they are partial',
  async (t) => {
    const { stdout } = await run(
      `
    import { execFile } from 'node:child_process';
    import { readFileSync, readdirSync, rmSync } from 'node:fs';
    import { promisify } from 'node:util';
    new client.Counter({ name: 'mine', help: 'M' }).inc();
    const [, key] = /\\/dev\\/shm\\/(mpm\\.\\w+)\\./.exec(readFileSync('/proc/self/maps', 'utf8'));
    for (const file of readdirSync('/dev/shm').filter((file) => file.startsWith(key + '.'))) {
      rmSync('/dev/shm/' + file);
    }
    // A scrape finds the files gone.
    const own = await client.register.metrics({ own: true });
    const start = [...process.execArgv.slice(0, -1), process.env.INDEX];
    const later = await promisify(execFile)(process.execPath, start);
    console.log(JSON.stringify([own, later.stdout, later.stderr]));
    `,
      {
        MPMETRICS: 'inherit',
        INDEX: `import * as client from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
        new client.Counter({ name: 'later', help: 'L' }).inc();
        console.log(await client.register.metrics({ own: true }));`,
      },
    );
    const [own, later, stderr] = JSON.parse(stdout) as [string, string, string];
    t.regex(own, /^mine 1$[^]*^mpmetrics_partial\{reason="removed_files"\} 1$/m);
    t.regex(later, /^later 1$[^]*^mpmetrics_partial\{reason="removed_files"\} 1$/m);
    t.regex(stderr, /MPMETRICS_PARTIAL/);
  },
);
