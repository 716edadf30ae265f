// Under Deno, each `server.close()` prints an uncaught "parentPort?.close is not a function". Bun has the same modules in its own way.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { neutral } from '../multiprocess/support/run';
import { installed } from '../support/project';

const PROGRAM = `
  import { Counter, startHttpServer } from 'mpmetrics';
  new Counter({ name: 'requests_total', help: 'Requests' }).inc();
  const server = await startHttpServer({ port: 0, host: '127.0.0.1' });
  console.log(await (await fetch(server.url)).text());
  await server.close();
  console.log('closed');
`;

const RUNTIMES: [name: string, version: string, args: string[]][] = [
  ['deno', '2.9.6', ['run', '--allow-all']],
  ['bun', '1.4.5', []],
];
for (const [name, version, args] of RUNTIMES) {
  test.serial(`${name}: the server serves and closes without a word`, async (t) => {
    const folder = await installed(t, [`${name}@${version}`]);
    writeFileSync(join(folder, 'program.mjs'), PROGRAM);
    const command = join(folder, 'node_modules/.bin', name);
    const options = {
      cwd: folder,
      env: { ...neutral(), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    };
    const { stdout, stderr } = await promisify(execFile)(
      command,
      [...args, 'program.mjs'],
      options,
    );
    t.regex(stdout, /^requests_total 1\n[^]*^closed\n$/m);
    t.is(stderr, '');
  });
}
