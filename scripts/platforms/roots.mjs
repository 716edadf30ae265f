// File systems of other Linux distributions, which programs are run in by chroot, and the emulators: Debian has them all.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { must, Refusal, run, say } from '../run.mjs';
import { once } from './runtimes.mjs';
import { KEPT } from './targets.mjs';

const FOLDER = join(KEPT, 'roots');

/** Where a root shows {@link KEPT}. */
export const SHOWN = '/opt/run';

/** Debian's packages, installed where they are missing. */
export async function installed(...packages) {
  requireRoot();
  const missing = [];
  for (const name of packages) {
    if (!existsSync(`/var/lib/dpkg/info/${name}.list`)) missing.push(name);
  }
  if (missing.length === 0) return;
  say(`Installing ${missing.join(', ')}`);
  await must('apt-get', ['update', '-q'], { quiet: true });
  await must('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...missing], {
    quiet: true,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function requireRoot() {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) return;
  throw new Refusal(
    'It takes root, and Debian or a relative of it, to install emulators and change roots.',
  );
}

/** In a container, root may lack the right to mount. */
async function requireNamespaces() {
  const tried = ['--mount', '--propagation=private', '--pid', '--fork', 'true'];
  const { code } = await run('unshare', tried, { silent: true });
  if (code !== 0)
    throw new Refusal('This machine does not let root make namespaces, which change roots.');
}

/** A Debian of another release, with some packages. Returns its folder. */
export async function debian(release, ...packages) {
  await installed('mmdebstrap');
  await requireNamespaces();
  await once(
    release,
    async (folder) => {
      say(
        `Making a root of Debian ${release}${packages.length > 0 ? ` with ${packages.join(', ')}` : ''}`,
      );
      rmSync(folder, { recursive: true });
      const include = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
      await must(
        'mmdebstrap',
        ['--quiet', '--variant=minbase', ...include, release, folder, mirror()],
        { quiet: true },
      );
      furnish(folder);
    },
    FOLDER,
  );
  return join(FOLDER, release);
}

/** The mirror that this machine installs from. */
function mirror() {
  const folder = '/etc/apt/sources.list.d';
  const files = existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : [];
  for (const file of [...files, '/etc/apt/sources.list'].filter((path) => existsSync(path))) {
    const found = /^(?:URIs: *|deb (?:\[.*?\] )?)(\S+)/m.exec(readFileSync(file, 'utf8'));
    if (found) return found[1];
  }
  throw new Refusal('No mirror of Debian is set up on this machine.');
}

/**
 * A root as Alpine has it: musl, busybox, and nothing else. musl is that of Debian 13, since Node.js for Alpine needs
 * relocations that older ones do not know.
 *
 * @param {'x86_64' | 'aarch64'} machine
 */
export async function alpineLike(machine) {
  await installed('busybox-static');
  await requireNamespaces();
  const name = `musl-${machine}`;
  await once(
    name,
    async (folder) => {
      say(`Making a root with musl and busybox for ${machine}`);
      const library = await muslLibrary(machine, folder);
      for (const part of ['lib', 'bin', 'usr/bin', 'usr/local/bin'])
        mkdirSync(join(folder, part), { recursive: true });
      copyFileSync(library, join(folder, 'lib', `ld-musl-${machine}.so.1`));
      // Packages look here for the C library.
      writeFileSync(join(folder, 'usr/bin/ldd'), '#!/bin/sh\n# musl\n', { mode: 0o755 });
      copyFileSync('/bin/busybox', join(folder, 'bin/busybox'));
      for (const tool of ['sh', 'cat', 'env', 'sleep'])
        symlinkSync('busybox', join(folder, 'bin', tool));
      furnish(folder);
    },
    FOLDER,
  );
  return join(FOLDER, name);
}

async function muslLibrary(machine, folder) {
  const debianName = { x86_64: 'amd64', aarch64: 'arm64' }[machine];
  const apt = join(KEPT, 'apt');
  for (const part of ['lists/partial', 'cache/archives/partial', 'parts']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  const key = '/usr/share/keyrings/debian-archive-keyring.gpg';
  writeFileSync(join(apt, 'sources.list'), `deb [signed-by=${key}] ${mirror()} trixie main\n`);
  writeFileSync(join(apt, 'status'), '');
  writeFileSync(
    join(apt, 'conf'),
    `Dir::State "${apt}"; Dir::State::status "${apt}/status"; Dir::Cache "${apt}/cache";
     Dir::Etc::sourcelist "${apt}/sources.list"; Dir::Etc::sourceparts "${apt}/parts";
     APT::Architectures { "amd64"; "arm64"; }; APT::Sandbox::User "root";\n`,
  );
  const environment = { APT_CONFIG: join(apt, 'conf') };
  await must('apt-get', ['update', '-q'], { quiet: true, environment });
  const unpacked = join(folder, 'deb');
  mkdirSync(unpacked);
  await must('apt-get', ['download', '-q', `musl:${debianName}`], {
    cwd: unpacked,
    quiet: true,
    environment,
  });
  const file = readdirSync(unpacked).find((name) => name.endsWith('.deb'));
  await must('dpkg-deb', ['-x', file, '.'], { cwd: unpacked, quiet: true });
  const library = readdirSync(join(unpacked, 'usr/lib')).find((name) =>
    name.endsWith('-linux-musl'),
  );
  return join(unpacked, 'usr/lib', library, 'libc.so');
}

/** The directories that every root needs. */
function furnish(folder) {
  for (const part of [SHOWN.slice(1), 'dev', 'proc', 'tmp', 'etc']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  writeFileSync(join(folder, 'etc/hosts'), '127.0.0.1 localhost\n');
}

/**
 * The command that runs another one in a root, with a mount and a pid namespace of its own: whatever it starts ends with it.
 *
 * @returns {[string, string[]]}
 */
export function inside(root, environment, command) {
  const script = `mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" && mount --bind "$2" "$1${SHOWN}" &&
    root=$1 && shift 2 && exec chroot "$root" env -i "$@"`;
  const variables = Object.entries({
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    ...environment,
  });
  return [
    'unshare',
    [
      '--mount',
      '--propagation=private',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      '-c',
      script,
      'sh',
      root,
      KEPT,
      ...variables.map(([name, value]) => `${name}=${value}`),
      ...command,
    ],
  ];
}

const BINFMT = '/proc/sys/fs/binfmt_misc';

/** Has the kernel start programs for arm64 by the emulator, in every root. */
export async function emulateArm64() {
  await installed('qemu-user-static');
  if (!existsSync(`${BINFMT}/register`)) {
    await must('mount', ['-t', 'binfmt_misc', 'binfmt_misc', BINFMT], { quiet: true });
  }
  if (existsSync(`${BINFMT}/qemu-aarch64`)) return;
  const hex = (bytes) => bytes.map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  // The head of an ELF file: 64 bits, little-endian, whatever its ABI, executable or shared, for machine 183.
  const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...Array(9).fill(0), 2, 0, 183, 0];
  const mask = [...Array(7).fill(255), 0, ...Array(8).fill(255), 0xfe, 255, 255, 255];
  const emulator = '/usr/bin/qemu-aarch64-static';
  // F: the emulator is opened now, so roots need none.
  const entry = `:qemu-aarch64:M::${hex(magic)}:${hex(mask)}:${emulator}:F`;
  try {
    writeFileSync(`${BINFMT}/register`, entry);
  } catch (error) {
    throw new Refusal(`The kernel does not take an emulator here: ${error.message}`);
  }
}
