// Lays out every package as it is published, in a folder of its own, and packs it. The tree itself is not changed.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ARTIFACTS, manifest, targets } from '../platforms/targets.mjs';
import { must, root } from '../run.mjs';

/** Where releases are prepared. */
export const RELEASE = join(root, 'target', 'release-packages');

const LICENSES = ['LICENSE-APACHE', 'LICENSE-MIT'];

/**
 * @typedef {object} Package
 * @property {'platform' | 'main' | 'stand-in'} kind
 * @property {string} name
 * @property {string} folder
 * @property {string} tarball
 * @property {string} integrity
 * @property {number} bytes packed
 * @property {number} unpacked bytes
 * @property {string[]} files
 */

/** @returns {Promise<Package[]>} in the order in which they must be published */
export async function stage(version) {
  rmSync(RELEASE, { recursive: true, force: true });
  mkdirSync(RELEASE, { recursive: true });
  const packages = [];
  for (const target of targets()) packages.push(await stagePlatform(target));
  packages.push(await stageMain(version));
  for (const name of readdirSync(join(root, 'npm'))) {
    if (!targets().some((target) => target.name === name)) packages.push(await stageStandIn(name));
  }
  return packages;
}

async function stagePlatform(target) {
  const folder = join(RELEASE, target.name);
  cpSync(join(root, 'npm', target.name), folder, { recursive: true });
  copyFileSync(join(ARTIFACTS, target.file), join(folder, target.file));
  return finished('platform', folder);
}

async function stageMain(version) {
  const folder = join(RELEASE, 'mpmetrics');
  mkdirSync(folder);
  const output = await must('npm', ['pack', '--json', '--ignore-scripts', '--dry-run'], {
    quiet: true,
    silent: true,
  });
  for (const { path } of JSON.parse(output.slice(output.indexOf('[')))[0].files) {
    cpSync(join(root, path), join(folder, path));
  }
  const binaries = Object.fromEntries(targets().map(({ packageName }) => [packageName, version]));
  const { devDependencies: _, napi: __, imports: ___, ...published } = manifest();
  write(folder, { ...published, optionalDependencies: binaries });
  return finished('main', folder);
}

async function stageStandIn(name) {
  const folder = join(RELEASE, name);
  cpSync(join(root, 'npm', name), folder, { recursive: true });
  const { homepage, bugs, repository, publishConfig } = manifest();
  const { directory: _, ...source } = repository;
  write(folder, {
    ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
    homepage,
    bugs,
    repository: { ...source, directory: `npm/${name}` },
    publishConfig,
  });
  return finished('stand-in', folder);
}

function write(folder, content) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
}

/** Adds what every package has, and packs it. */
async function finished(kind, folder) {
  // The scripts of the tree are its guard, and no installation needs any.
  const { scripts: _, ...about } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const license of LICENSES) copyFileSync(join(root, license), join(folder, license));
  about.files = [...new Set([...about.files, ...LICENSES])];
  write(folder, about);
  const readme = join(folder, 'README.md');
  writeFileSync(readme, absoluteLinks(readFileSync(readme, 'utf8'), about.repository.url));
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', RELEASE];
  const output = await must('npm', packing, { cwd: folder, quiet: true, silent: true });
  const [packed] = JSON.parse(output.slice(output.indexOf('[')));
  const tarball = join(RELEASE, packed.filename);
  return {
    kind,
    name: about.name,
    version: about.version,
    folder,
    tarball,
    integrity: packed.integrity,
    bytes: statSync(tarball).size,
    unpacked: packed.unpackedSize,
    files: packed.files.map(({ path }) => path),
  };
}

/** A README's links to files of the tree, as they hold on the registry's page: there they lead to the released tree. */
function absoluteLinks(text, repository) {
  const { version } = manifest();
  const home = repository.replace(/^git\+/, '').replace(/\.git$/, '');
  return text.replaceAll(
    /\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)/g,
    (_, path, part = '') => {
      if (!existsSync(join(root, path)))
        throw new Error(`A README leads to ${path}, which is not there.`);
      const kind = /\.(?:svg|png)$/.test(path)
        ? 'raw'
        : statSync(join(root, path)).isDirectory()
          ? 'tree'
          : 'blob';
      return `](${home}/${kind}/v${version}/${path}${part})`;
    },
  );
}
