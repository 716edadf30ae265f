// Hot reload: modules that are evaluated again find their existing metrics.

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
import { endGroup } from './support/group';
import { installed } from './support/project';

/** The module of a service that declares its metrics. */
const METRICS = `
  import { Counter } from 'mpmetrics';
  export const hellos = Counter.getOrCreate({ name: 'hellos_total', help: 'Greetings' });
`;

/** Requests until the answer is the expected one, and returns its text. */
async function answer(url: string, expected: RegExp): Promise<string> {
  let last = '';
  for (let tries = 0; tries < 600; tries += 1) {
    try {
      last = await (await fetch(url)).text();
      if (expected.test(last)) return last;
    } catch (error) {
      last = String(error);
    }
    await sleep(100);
  }
  throw new Error(`${url} did not answer ${expected.source}, but: ${last}`);
}

/**
 * Starts a program in that folder. It prints its address each time that it listens; each call waits for the next time.
 */
function started(t: ExecutionContext, folder: string, args: string[], where: RegExp) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...neutral(), NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  t.teardown(() => endGroup(child.pid as number));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('it has ended');
      const [, found] = where.exec(value) ?? [];
      if (found !== undefined) return found;
    }
  };
}

test.serial('node --watch: the next process has its own counts', async (t) => {
  const folder = await installed(t, []);
  writeFileSync(join(folder, 'metrics.mjs'), METRICS);
  const service = (word: string): string => `
    import http from 'node:http';
    import { register } from 'mpmetrics';
    import { hellos } from './metrics.mjs';
    http.createServer(async (request, response) => {
      hellos.inc();
      response.end('${word} ' + (await register.metrics()).match(/^hellos_total .*$/m)[0]);
    }).listen(0, function () { console.log('port', this.address().port); });`;
  const file = join(folder, 'service.mjs');
  writeFileSync(file, service('one'));
  const port = started(t, folder, ['--watch', 'service.mjs'], /^port (\d+)$/);
  for (const word of ['one', 'two', 'six']) {
    // One write of the same length: a file that is emptied first changes twice.
    if (word !== 'one') writeFileSync(file, service(word), { flag: 'r+' });
    let text = '';
    // If the service starts more often than that, the last start counts.
    while (!text.startsWith(word)) {
      const url = `http://127.0.0.1:${await port()}`;
      text = await fetch(url).then(async (answered) => answered.text(), String);
    }
    t.is(text, `${word} hellos_total 1`);
  }
});

test.serial('Vite: a module that is evaluated again continues its counts', async (t) => {
  const folder = await installed(t, ['vite@8']);
  writeFileSync(join(folder, 'metrics.js'), METRICS);
  // The documentation advises against this module. Its error proves that the modules are evaluated again.
  writeFileSync(join(folder, 'wrong.js'), METRICS.replace('Counter.getOrCreate', 'new Counter'));
  writeFileSync(
    join(folder, 'run.mjs'),
    `
    import { writeFileSync } from 'node:fs';
    import { createServer } from 'vite';
    const server = await createServer({ appType: 'custom', logLevel: 'silent', server: { middlewareMode: true, ws: false } });
    const seen = [];
    for (const word of ['before', 'after', 'at last']) {
      writeFileSync('service.js', \`
        import { register } from 'mpmetrics';
        import { hellos } from './metrics.js';
        export async function hello() {
          hellos.inc();
          return '\${word} ' + (await register.metrics()).match(/^hellos_total .*$/m)[0];
        }\`);
      server.moduleGraph.invalidateAll();
      seen.push(await (await server.ssrLoadModule('/service.js')).hello());
    }
    await server.ssrLoadModule('/wrong.js').catch(({ message }) => seen.push(message));
    await server.close();
    console.log(JSON.stringify(seen));`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, ['run.mjs'], {
    cwd: folder,
    env: neutral(),
  });
  t.deepEqual(JSON.parse(stdout), [
    'before hellos_total 1',
    'after hellos_total 2',
    'at last hellos_total 3',
    'A metric with the name hellos_total has already been registered.',
  ]);
});

test.serial('Next.js: a changed route continues its counts', async (t) => {
  const folder = await installed(t, ['next@16', 'react@19', 'react-dom@19']);
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const route = (word: string): void =>
    write(
      'app/hello/route.js',
      `import { hellos } from '../../metrics';
       export async function GET() { hellos.inc(); return new Response('${word}'); }`,
    );
  write('next.config.mjs', `export default { serverExternalPackages: ['mpmetrics'] };`);
  write('metrics.js', METRICS);
  write('app/layout.js', 'export default ({ children }) => <html><body>{children}</body></html>;');
  write(
    'app/metrics/route.js',
    `import { register } from 'mpmetrics';
     export const dynamic = 'force-dynamic';
     export async function GET() { return new Response(await register.metrics()); }`,
  );
  route('before');
  const args = ['node_modules/next/dist/bin/next', 'dev', '--port', '0'];
  const url = await started(t, folder, args, /(http:\/\/localhost:\d+)/)();
  t.is(await answer(`${url}/hello`, /^before$/), 'before');
  t.regex(await answer(`${url}/metrics`, /total/), /^hellos_total 1$/m);
  route('after');
  write('metrics.js', `${METRICS}\n// Changed.\n`);
  await answer(`${url}/hello`, /^after$/);
  // The count is higher if there were requests before the change arrived.
  const [, count] = /^hellos_total (\d+)$/m.exec(await answer(`${url}/metrics`, /total/)) ?? [];
  t.true(Number(count) >= 2, count);
});
