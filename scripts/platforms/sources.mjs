// The sources of a binary, as a digest beside it. A binary of other sources must not be published or tested.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';
import { ARTIFACTS } from './targets.mjs';

const RECORD = join(ARTIFACTS, 'sources.json');

/** A digest of everything that a binary is made of: the crates and the versions of their dependencies. */
export function digestOfSources() {
  const hash = createHash('sha256');
  for (const file of ['Cargo.toml', 'Cargo.lock', ...filesBelow('crates')]) {
    // A checkout on Windows has other ends of lines.
    const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
    hash.update(`${file.replaceAll('\\', '/')}\n${text.length}\n${text}`);
  }
  return hash.digest('hex');
}

/** Whether artifacts/ has the binary of a target, made of the sources as they are. */
export function isUpToDate({ file }) {
  return existsSync(join(ARTIFACTS, file)) && recorded()[file] === digestOfSources();
}

/** Notes of which sources a binary was made. */
export function recordSources({ file }, digest) {
  writeFileSync(RECORD, `${JSON.stringify({ ...recorded(), [file]: digest }, null, 2)}\n`);
}

function recorded() {
  return existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : {};
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => !/[\\/](?:target|node_modules)[\\/]/.test(file))
    .filter((file) => statSync(join(root, file)).isFile())
    .toSorted();
}
