// A tree of packages with the stand-ins for prom-client and @prometheus-io/client, as npm would install them.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = process.cwd();
const tree = mkdtempSync(join(tmpdir(), 'mpmetrics-stand-ins-'));
const modules = join(tree, 'node_modules');

/** Lays the tree. */
export function layTree(): void {
  mkdirSync(join(modules, '@prometheus-io'), { recursive: true });
  symlinkSync(root, join(modules, 'mpmetrics'));
  cpSync(join(root, 'npm/prom-client'), join(modules, 'prom-client'), { recursive: true });
  const io = join(modules, '@prometheus-io/client');
  cpSync(join(root, 'npm/prometheus-io-client'), io, { recursive: true });
  // A dependency with its own copy of everything.
  const nested = join(modules, 'dependency/node_modules');
  const copy = join(nested, 'mpmetrics');
  mkdirSync(copy, { recursive: true });
  cpSync(join(root, 'npm/prom-client'), join(nested, 'prom-client'), { recursive: true });
  for (const name of ['dist', 'lib', 'package.json', 'binding.cjs']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  const dependency = join(modules, 'dependency/index.js');
  writeFileSync(dependency, "module.exports = require('prom-client');");
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** Removes it. */
export function removeTree(): void {
  rmSync(tree, { recursive: true, force: true });
}

/** Runs a program in the tree, in a separate process. */
export async function program(text: string, extension = 'cjs'): Promise<{ stdout: string }> {
  programs += 1;
  const file = join(tree, `program-${programs}.${extension}`);
  writeFileSync(file, text);
  return promisify(execFile)(process.execPath, [file], {
    cwd: tree,
    env: { ...process.env, MPMETRICS: 'private', NAPI_RS_NATIVE_LIBRARY_PATH: binary() },
  });
}

let programs = 0;

/** The copy has no binary beside it. */
function binary(): string {
  const name = readdirSync(root).find((file) => /^mpmetrics\..*\.node$/.test(file));
  if (name === undefined) throw new Error('There is no binary: run "npm run build:native".');
  return join(root, name);
}
