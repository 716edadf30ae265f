// Projects with packages installed from npm.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { neutral } from '../multiprocess/support/run';

/** An empty project with those packages, removed after the test. Returns its folder. */
export async function project(t: ExecutionContext, packages: readonly string[]): Promise<string> {
  t.timeout(300_000);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-project-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const manifest = { name: 'project', private: true };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  mkdirSync(join(folder, 'node_modules'));
  if (packages.length > 0) {
    const args = ['install', '--no-audit', '--no-fund', ...packages];
    await promisify(execFile)('npm', args, { cwd: folder, env: neutral() });
  }
  return folder;
}

const root = process.cwd();

/** The same with a copy of this package, as npm installs it. Bundlers would treat a link as the project's own code. */
export async function installed(t: ExecutionContext, packages: readonly string[]): Promise<string> {
  const folder = await project(t, packages);
  const binaries = readdirSync(root).filter((name) => name.endsWith('.node'));
  for (const name of ['dist', 'package.json', 'binding.cjs', ...binaries]) {
    cpSync(join(root, name), join(folder, 'node_modules/mpmetrics', name), { recursive: true });
  }
  return folder;
}
