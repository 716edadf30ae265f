// The installed form of the package, with the binaries of the platforms beside it. The smoke run imports it.
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from '../run.mjs';
import { ARTIFACTS, KEPT } from './targets.mjs';

/**
 * Makes a project in which the package is installed.
 *
 * @param {string} name of its folder below {@link KEPT}
 * @param {import('./targets.mjs').Target[]} targets
 * @param {string} [artifacts] where their binaries are
 * @returns {Promise<string>} the folder, below {@link KEPT}
 */
export async function project(name, targets, artifacts = ARTIFACTS) {
  const folder = join(KEPT, name);
  rmSync(folder, { recursive: true, force: true });
  const main = join(folder, 'node_modules/mpmetrics');
  mkdirSync(main, { recursive: true });
  // Without one, the name of the package would lead to the tree around this folder.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const packed = await must('npm', packing, { quiet: true });
  const tarball = packed.trim().split('\n').at(-1);
  await must('tar', ['xzf', join(folder, tarball), '--strip-components=1'], {
    cwd: main,
    quiet: true,
  });
  for (const target of targets) {
    const platform = join(folder, 'node_modules', target.packageName);
    cpSync(join(root, 'npm', target.name), platform, { recursive: true });
    copyFileSync(join(artifacts, target.file), join(platform, target.file));
  }
  const smoke = join(root, 'scripts/platforms/smoke');
  for (const file of readdirSync(smoke)) copyFileSync(join(smoke, file), join(folder, file));
  return name;
}
