// The compiler for other platforms: zig links for all of them, with what PyPI and rustup have.
import { existsSync } from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { must, Refusal, say } from '../run.mjs';
import { KEPT } from './targets.mjs';

// Pinned, so that the same tree gives the same binaries.
const PACKAGES = ['ziglang==0.17.1', 'cargo-zigbuild==0.24.1'];
const FOLDER = join(KEPT, `zig-${PACKAGES.join('-').replaceAll(/[^\d.-]/g, '')}`);
const PROGRAMS = join(FOLDER, 'bin');

// The oldest glibc that Node.js 20 itself starts on is 2.28. Without a number, zig takes one of its own choice.
const GLIBC = '2.17';
const MACOS = '11.0';

/** Makes the compiler ready for these targets, and returns how to build for one. */
export async function zig(targets) {
  if (process.platform === 'win32') {
    throw new Refusal(
      'The binaries of all platforms are built on Linux or macOS, and this is Windows.',
    );
  }
  await install();
  const names = targets.map(({ triple }) => rustTarget(triple));
  await must('rustup', ['target', 'add', ...names], { quiet: true });
  await makeEmptyLibrary();
  return recipe;
}

async function install() {
  if (existsSync(join(PROGRAMS, 'cargo-zigbuild'))) return;
  say(`Installing ${PACKAGES.join(' and ')} from PyPI`);
  await must('python3', ['-m', 'venv', FOLDER], { quiet: true });
  await must(join(PROGRAMS, 'pip'), ['install', '--quiet', ...PACKAGES], { quiet: true });
}

/**
 * Microsoft's C runtime is not free to be had everywhere, LLVM's is. Node-API is C, so a binary of either loads in the same
 * Node.js.
 */
function rustTarget(triple) {
  return triple.replace(/-windows-msvc$/, '-windows-gnullvm');
}

/** The build of a target: the arguments of cargo, its environment, that of tests beside it, and its output. */
function recipe({ triple, os, libc }) {
  const target = rustTarget(triple);
  const library = {
    linux: 'libmpmetrics_node.so',
    darwin: 'libmpmetrics_node.dylib',
    win32: 'mpmetrics_node.dll',
  };
  const flags = `CARGO_TARGET_${target.toUpperCase().replaceAll('-', '_')}_RUSTFLAGS`;
  return {
    command: 'cargo',
    args: [
      'zigbuild',
      '--release',
      '--locked',
      '--package=mpmetrics-node',
      `--target=${libc === 'glibc' ? `${target}.${GLIBC}` : target}`,
      // The functions of Node are looked up when the binary is loaded: no library of Node's is linked.
      ...(os === 'win32' ? ['--features=napi/dyn-symbols'] : []),
    ],
    environment: {
      PATH: `${PROGRAMS}${delimiter}${process.env.PATH}`,
      // Otherwise the binary asks for the newest system.
      ...(os === 'darwin' && { MACOSX_DEPLOYMENT_TARGET: MACOS }),
      ...(os === 'win32' && { LIBNODE_PATH: EMPTY }),
      // A library that is loaded cannot bring a C library of its own.
      ...(libc === 'musl' && { [flags]: '-Ctarget-feature=-crt-static' }),
    },
    // Without optimization, all functions of the crate `windows` are linked, used or not.
    tests: {
      ...(os === 'win32' && { [flags]: '-Clink-arg=-lole32 -Clink-arg=-loleaut32' }),
    },
    built: join(target, 'release', library[os]),
  };
}

const EMPTY = join(KEPT, 'libnode');

/** The build script of napi asks for a library `node`, from which nothing is linked. */
async function makeEmptyLibrary() {
  const library = join(EMPTY, 'libnode.a');
  if (existsSync(library)) return;
  mkdirSync(EMPTY, { recursive: true });
  writeFileSync(join(EMPTY, 'libnode.dll'), '');
  await must(join(PROGRAMS, 'python'), ['-m', 'ziglang', 'ar', 'rc', library], { quiet: true });
}
