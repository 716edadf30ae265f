// The HTTP server of processes that are blocked, end, or are killed.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Task } from './server/served';

const script = fileURLToPath(new URL('server/served.ts', import.meta.url));
const serverModule = new URL('../src/server/start.ts', import.meta.url).href;
const root = fileURLToPath(new URL('..', import.meta.url));

/** The longest wait of a scrape for a blocked event loop, in milliseconds: longer than any delay of a busy machine. */
const WAIT = 5000;

interface Served {
  child: ChildProcess;
  /** The next line of its output. */
  line(): Promise<string>;
  exit: Promise<[code: number | null, signal: string | null]>;
}

function start(
  t: ExecutionContext,
  tasks: Task[],
  {
    environment = {},
    parameters = [],
  }: { environment?: NodeJS.ProcessEnv; parameters?: string[] } = {},
): Served {
  const child = spawn(
    process.execPath,
    ['--import=@oxc-node/core/register', ...parameters, script, JSON.stringify(tasks)],
    {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    line: async () => String((await lines.next()).value),
    exit: once(child, 'exit') as Served['exit'],
  };
}

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The address that a process prints. */
async function urlOf({ line }: Served): Promise<string> {
  const said = await line();
  return /^serving (\S+)$/.exec(said)?.[1] ?? `no address: ${said}`;
}

async function textOf(url: string): Promise<string> {
  return (
    await fetch(url.replace('localhost', '127.0.0.1'), { headers: { connection: 'close' } })
  ).text();
}

test.serial('the server answers for a blocked event loop, and waits for it once', async (t) => {
  const release = join(folderOf(t), 'release');
  const served = start(t, [
    { collector: true },
    { serve: { port: 0, collectTimeout: WAIT } },
    { listen: true },
    { say: 'blocking', block: release },
    { say: 'free', wait: 60_000 },
  ]);
  const url = await urlOf(served);
  const collected = async (): Promise<number> =>
    Number(/^collected (\d+)$/m.exec(await textOf(url))?.[1]);
  t.is(await collected(), 1);
  served.child.stdin?.write('\n');
  t.is(await served.line(), 'blocking');
  const times: number[] = [];
  for (let scrape = 0; scrape < 3; scrape += 1) {
    const started = performance.now();
    const shown = await textOf(url);
    times.push(performance.now() - started);
    t.regex(shown, /^collected 1$/m);
    t.regex(shown, /^requests_total 3$/m);
  }
  const [first = 0, ...others] = times;
  t.true(first >= WAIT - 10, `${times}`);
  t.true(Math.max(...others) < WAIT / 2, `${times}`);
  writeFileSync(release, '');
  t.is(await served.line(), 'free');
  // The process answers the missed request, and then each new one.
  let late = 1;
  while (late === 1) late = await collected();
  t.is(await collected(), late + 1);
});

test.serial('without collect functions a blocked event loop delays no scrape', async (t) => {
  const served = start(t, [
    { serve: { port: 0, collectTimeout: WAIT } },
    { say: 'blocking', block: join(folderOf(t), 'never') },
  ]);
  const url = await urlOf(served);
  t.is(await served.line(), 'blocking');
  const started = performance.now();
  t.regex(await textOf(url), /^requests_total 3$/m);
  t.true(performance.now() - started < WAIT);
});

test('the server keeps no process alive', async (t) => {
  const served = start(t, [{ serve: { port: 0 } }]);
  await urlOf(served);
  t.deepEqual(await served.exit, [0, null]);
});

test('MPMETRICS=off: an empty exposition', async (t) => {
  const served = start(t, [{ serve: { port: 0 } }, { wait: 20_000 }], {
    environment: { MPMETRICS: 'off' },
  });
  const response = await fetch((await urlOf(served)).replace('localhost', '127.0.0.1'));
  t.is(response.status, 200);
  t.is(await response.text(), '');
});

for (const how of ['--import', 'NODE_OPTIONS'] as const) {
  test(`a preload by ${how} runs in the process, not in the server's thread`, async (t) => {
    const preload = join(folderOf(t), 'preload.mjs');
    // In the thread it would start another server thread, and so on.
    writeFileSync(
      preload,
      `const { startHttpServer } = await import(${JSON.stringify(serverModule)});
       console.log('serving ' + (await startHttpServer({ port: 0 })).url);`,
    );
    const option = `--import=${pathToFileURL(preload).href}`;
    const served = start(
      t,
      [{ say: 'started' }, { listen: true }],
      how === '--import'
        ? { parameters: [option] }
        : { environment: { NODE_OPTIONS: `--import=@oxc-node/core/register ${option}` } },
    );
    const url = await urlOf(served);
    t.is(await served.line(), 'started');
    t.regex(await textOf(url), /^requests_total 3$/m);
    served.child.stdin?.end('\n');
    t.is(await served.line(), 'undefined');
  });
}

test('one of several processes of a heap serves; when it is killed another takes over', async (t) => {
  const environment = { MPMETRICS: undefined, MPMETRICS_NAME: `server-${process.pid}` };
  const first = start(t, [{ serve: { port: 0 } }, { wait: 60_000 }], { environment });
  const url = await urlOf(first);
  const { port } = new URL(url);
  const others = [1, 2].map(() =>
    start(t, [{ serve: { port: Number(port) } }, { wait: 60_000 }], { environment }),
  );
  for (const other of others) t.is(await urlOf(other), url);
  t.regex(await textOf(url), /^requests_total 9$/m);
  first.child.kill('SIGKILL');
  await first.exit;
  const killed = performance.now();
  let shown: string | undefined;
  while (shown === undefined && performance.now() - killed < 60_000) {
    shown = await textOf(url).catch(() => undefined);
    if (shown === undefined) await sleep(20);
  }
  t.regex(shown ?? '', /^requests_total 9$/m);
  t.log(`taken over within ${Math.round(performance.now() - killed)} ms`);
});

test('a server of another heap cannot stand by', async (t) => {
  const environment = { MPMETRICS: undefined, MPMETRICS_NAME: `one-${process.pid}` };
  const first = start(t, [{ serve: { port: 0 } }, { wait: 60_000 }], { environment });
  const { port } = new URL(await urlOf(first));
  const other = start(t, [{ serve: { port: Number(port) } }], {
    environment: { ...environment, MPMETRICS_NAME: `other-${process.pid}` },
  });
  t.regex(
    await other.line(),
    /^refused MPMETRICS_PORT_IN_USE Port \d+ is in use by the metrics of another application, or of/,
  );
});
