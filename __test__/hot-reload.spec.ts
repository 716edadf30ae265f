// Hot reload: what is evaluated again while a service is written finds the metrics that it has made before.

import { execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
import { installed } from './support/project';

/** What a service has in a file of its own. */
const METRICS = `
  import { Counter } from 'mpmetrics';
  export const hellos = Counter.getOrCreate({ name: 'hellos_total', help: 'Greetings' });
`;

/** The text of an answer, once there is one that is as expected. */
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

/** A program in that folder, which says on its output where it listens. */
function started(t: ExecutionContext, folder: string, args: string[], where: RegExp) {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...neutral(), NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  t.teardown(() => process.kill(-(child.pid as number), 'SIGKILL'));
  const found: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => found.push(...(where.exec(line)?.slice(1) ?? [])));
  return async (number: number): Promise<string> => {
    for (let tries = 0; found.length <= number; tries += 1) {
      if (tries > 600) throw new Error('it does not listen');
      await sleep(100);
    }
    return found[number] as string;
  };
}

test.serial('node --watch: the process that comes next has its own', async (t) => {
  const folder = await installed(t, []);
  writeFileSync(join(folder, 'metrics.mjs'), METRICS);
  const service = (word: string): string => `
    import http from 'node:http';
    import { register } from 'mpmetrics';
    import { hellos } from './metrics.mjs';
    http.createServer(async (request, response) => {
      if (request.url === '/metrics') return response.end(await register.metrics());
      hellos.inc();
      response.end('${word}');
    }).listen(0, function () { console.log('port', this.address().port); });`;
  writeFileSync(join(folder, 'service.mjs'), service('before'));
  const port = started(t, folder, ['--watch', 'service.mjs'], /^port (\d+)$/);
  for (const [number, word] of ['before', 'after', 'at last'].entries()) {
    if (number > 0) writeFileSync(join(folder, 'service.mjs'), service(word));
    const url = `http://127.0.0.1:${await port(number)}`;
    t.is(await answer(url, /./), word);
    t.regex(await answer(`${url}/metrics`, /./), /^hellos_total 1$/m);
  }
});

test.serial('Vite: a module that is evaluated again goes on counting', async (t) => {
  const folder = await installed(t, ['vite@8']);
  writeFileSync(join(folder, 'metrics.js'), METRICS);
  // What the documentation says not to do: it shows that the modules are evaluated again indeed.
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

test.serial('Next.js: a route that is changed goes on counting', async (t) => {
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
  const url = await started(t, folder, args, /(http:\/\/localhost:\d+)/)(0);
  t.is(await answer(`${url}/hello`, /^before$/), 'before');
  t.regex(await answer(`${url}/metrics`, /total/), /^hellos_total 1$/m);
  route('after');
  write('metrics.js', `${METRICS}\n// Changed.\n`);
  await answer(`${url}/hello`, /^after$/);
  t.regex(await answer(`${url}/metrics`, /total/), /^hellos_total [2-9]$/m);
});
