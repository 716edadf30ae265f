// The machines that binaries are run on here: a platform, a runtime, and how a program of it is started on x86-64 Linux.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../run.mjs';
import { alpineLike, debian, emulateArm64, inside, installed, SHOWN } from './roots.mjs';
import { runtimes } from './runtimes.mjs';
import { KEPT } from './targets.mjs';

/**
 * @typedef {object} Machine
 * @property {string} target the platform, as npm calls it
 * @property {string} runtime such as `Node.js 24`
 * @property {string} how where it runs, in words
 * @property {boolean} [isLong] whether only the long form has it
 * @property {boolean} [specs] whether it runs specs too: their loader of TypeScript must be installed for it
 * @property {string} [feature] a feature of the core that its binary is built with
 * @property {() => Promise<Starter>} prepare fetches what it needs; throws a Refusal for what cannot be had
 */

/**
 * @typedef {object} Starter paths are below {@link KEPT}
 * @property {(file: string, args: string[]) => Command} program how a program of the platform is started
 * @property {(script: string, args: string[]) => Command} script how a script is started in the runtime
 */

/** @typedef {{ command: string, args: string[], cwd?: string, environment?: Record<string, string> }} Command */

const native = (runtime, flags = []) => ({
  program: (file, args) => ({ command: join(KEPT, file), args }),
  script: (file, args) => ({
    command: join(KEPT, runtime),
    args: [...flags, join(KEPT, file), ...args],
    cwd: join(KEPT, file, '..'),
  }),
});

const chrooted = (root, runtime, environment = {}, before = []) => {
  const start = (...command) => {
    const [program, args] = inside(root, environment, command);
    return { command: program, args };
  };
  return {
    program: (file, args) => start(...before, join(SHOWN, file), ...args),
    script: (file, args) => start(...before, join(SHOWN, runtime), join(SHOWN, file), ...args),
  };
};

/** @type {Machine[]} */
export const machines = [
  ...[20, 22, 24, 26].map((version) => ({
    target: 'linux-x64-gnu',
    runtime: `Node.js ${version}`,
    how: 'as it is',
    specs: true,
    prepare: async () => native(await runtimes.node('linux-x64', version)),
  })),
  {
    target: 'linux-x64-gnu',
    runtime: 'Bun 1',
    how: 'as it is',
    prepare: async () => native(await runtimes.bun()),
  },
  {
    target: 'linux-x64-gnu',
    runtime: 'Deno 2',
    how: 'as it is',
    prepare: async () => native(await runtimes.deno(), ['run', '--allow-all', '--quiet']),
  },
  {
    target: 'linux-x64-gnu',
    runtime: 'Node.js 24 (as on macOS)',
    how: 'as it is, built with the code of systems other than Linux',
    feature: 'portable',
    isLong: true,
    prepare: async () => native(await runtimes.node('linux-x64', 24)),
  },
  {
    target: 'linux-x64-gnu',
    runtime: 'Node.js 24 (glibc 2.31)',
    how: 'a root of Debian 11',
    isLong: true,
    prepare: async () => chrooted(await debian('bullseye'), await runtimes.node('linux-x64', 24)),
  },
  {
    target: 'linux-x64-musl',
    runtime: 'Node.js 24',
    how: 'a root with musl 1.2.5 and busybox',
    prepare: async () => chrooted(await alpineLike('x86_64'), await runtimes.muslNode('x86_64')),
  },
  {
    target: 'linux-arm64-gnu',
    runtime: 'Node.js 24',
    how: 'qemu-user, with the libraries of Debian 12',
    isLong: true,
    prepare: arm64Gnu,
  },
  {
    target: 'linux-arm64-musl',
    runtime: 'Node.js 24',
    how: 'qemu-user, a root with musl 1.2.5',
    isLong: true,
    async prepare() {
      await emulateArm64();
      const root = await alpineLike('aarch64');
      return chrooted(root, await runtimes.muslNode('aarch64'));
    },
  },
  ...[22, 24, 26].map((version) => ({
    target: 'win32-x64-msvc',
    runtime: `Node.js ${version}`,
    how: 'Wine 10 of Debian 13',
    isLong: true,
    prepare: () => wine(version),
  })),
];

async function arm64Gnu() {
  await installed('libc6-arm64-cross', 'libstdc++6-arm64-cross');
  await emulateArm64();
  const starter = native(await runtimes.node('linux-arm64', 24));
  // Children get it with the environment.
  const environment = { QEMU_LD_PREFIX: '/usr/aarch64-linux-gnu' };
  return {
    program: (...start) => ({ ...starter.program(...start), environment }),
    script: (...start) => ({ ...starter.script(...start), environment }),
  };
}

/** Wine 8, which Debian 12 has, does not start Node.js 24. */
async function wine(version) {
  const root = await debian('trixie', 'wine', 'wine64');
  const environment = {
    WINEDEBUG: '-all',
    WINEPREFIX: `${SHOWN}/wine`,
    XDG_RUNTIME_DIR: '/tmp',
  };
  if (!existsSync(join(KEPT, 'wine/ready'))) {
    // The server writes the registry when it ends. Without that, OpenSSL of Node.js 22 and 24 finds no random numbers.
    const setUp = `wineboot --init && winecfg -v win11 && wineserver --wait &&
      test -s ${SHOWN}/wine/system.reg && echo ready > ${SHOWN}/wine/ready`;
    await must(...inside(root, environment, ['sh', '-c', setUp]), { quiet: true });
  }
  return chrooted(root, await runtimes.node('win-x64', version), environment, ['wine']);
}
