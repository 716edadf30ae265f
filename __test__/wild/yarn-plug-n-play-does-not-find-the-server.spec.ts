// With Yarn's Plug'n'Play, packages stay in archives, and `startHttpServer()` rejects with MODULE_NOT_FOUND; unpacked by `preferUnplugged`, with
// MPMETRICS_NO_BINDING. The server's thread starts without Yarn's loader.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { neutral } from '../multiprocess/support/run';
import { project } from '../support/project';

const run = promisify(execFile);
const root = process.cwd();

const PROGRAM = `
  const { Counter, startHttpServer } = require('mpmetrics');
  new Counter({ name: 'requests_total', help: 'Requests' }).inc();
  startHttpServer({ port: 0, host: '127.0.0.1' }).then(async (server) => {
    console.log(await (await fetch(server.url)).text());
    await server.close();
  });
`;

/** Packs a folder below `folder` with that manifest and those files of this package, and returns where the archive is. */
async function packed(folder: string, name: string, manifest: object, files: string[]) {
  const content = join(folder, name);
  mkdirSync(content);
  for (const file of files) cpSync(join(root, file), join(content, file), { recursive: true });
  writeFileSync(join(content, 'package.json'), JSON.stringify(manifest));
  const { stdout } = await run('npm', ['pack', '--silent'], { cwd: content });
  return `file:${join(content, stdout.trim())}`;
}

for (const unplugged of [false, true]) {
  test.serial(unplugged ? 'unpacked, it serves' : 'from its archive, it serves', async (t) => {
    const folder = await project(t, ['@yarnpkg/cli-dist@4.18.1']);
    const binary = readdirSync(root).find((name) => name.endsWith('.node')) as string;
    const { version, exports, imports } = JSON.parse(readFileSync('package.json', 'utf8'));
    const bindingName = `@mpmetrics/binding-${binary.split('.')[1]}`;
    const optionalDependencies = { [bindingName]: version };
    const about = { name: 'mpmetrics', version, exports, imports, optionalDependencies };
    const main = await packed(folder, 'main', about, ['dist', 'binding.cjs']);
    const binding = { name: bindingName, version, main: binary };
    const native = await packed(folder, 'binding', binding, [binary]);

    const application = join(folder, 'application');
    mkdirSync(application);
    const manifest = {
      dependencies: { mpmetrics: main },
      dependenciesMeta: { mpmetrics: { unplugged } },
      resolutions: { [bindingName]: native },
    };
    writeFileSync(join(application, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(application, 'yarn.lock'), '');
    writeFileSync(join(application, 'program.cjs'), PROGRAM);
    const yarn = async (...args: string[]): Promise<string> => {
      const path = join(folder, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js');
      const { CI: _, ...environment } = neutral();
      const env = { ...environment, YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: '0' };
      return (await run(process.execPath, [path, ...args], { cwd: application, env })).stdout;
    };
    await yarn('install');
    t.regex(await yarn('node', 'program.cjs'), /^requests_total 1$/m);
  });
}
