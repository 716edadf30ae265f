// The targets of package.json, with their names in Rust, in npm and in files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

/** package.json, as it is now. */
export const manifest = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const PLATFORMS = { linux: 'linux', apple: 'darwin', windows: 'win32', pc: 'win32' };
const ARCHITECTURES = { x86_64: 'x64', aarch64: 'arm64' };

/**
 * @typedef {object} Target
 * @property {string} triple its name in package.json, such as `x86_64-unknown-linux-gnu`
 * @property {string} name its name for npm, such as `linux-x64-gnu`
 * @property {'linux' | 'darwin' | 'win32'} os as `process.platform` says it
 * @property {'x64' | 'arm64'} cpu as `process.arch` says it
 * @property {'glibc' | 'musl' | undefined} libc on Linux
 * @property {string} file the name of its binary
 * @property {string} packageName the package that brings the binary
 */

/** @returns {Target[]} the targets in the order of package.json */
export function targets() {
  const { napi } = manifest();
  return napi.targets.map((triple) => {
    const [machine, vendor, system, abi] = triple.split('-');
    const os = PLATFORMS[system] ?? PLATFORMS[vendor];
    const cpu = ARCHITECTURES[machine];
    if (!os || !cpu)
      throw new Error(`package.json has a target that nothing here knows: ${triple}`);
    const name = [os, cpu, abi].filter(Boolean).join('-');
    return {
      triple,
      name,
      os,
      cpu,
      libc: os === 'linux' ? { gnu: 'glibc', musl: 'musl' }[abi] : undefined,
      file: `${napi.binaryName}.${name}.node`,
      packageName: `${napi.packageName}-${name}`,
    };
  });
}

/** Where the binaries of all platforms are put. */
export const ARTIFACTS = join(root, 'artifacts');

/** The generated loader, which is put beside them: it is the same for all. */
export const LOADER = ['binding.cjs', 'binding.d.cts'];

/** Where tools, runtimes and file systems are kept between runs. */
export const KEPT = join(root, 'target', 'platforms');
