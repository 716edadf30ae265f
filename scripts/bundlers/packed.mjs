// The package and the binary of this machine, packed as they are published.
import { copyFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from '../run.mjs';

/** @returns {Promise<Record<string, string>>} for the dependencies of a project: `file:` addresses by name */
export async function packAll(folder) {
  const binary = readdirSync(root).find((name) => name.endsWith('.node'));
  const platform = binary.split('.')[1];
  const filled = join(folder, platform);
  cpSync(join(root, 'npm', platform), filled, { recursive: true });
  copyFileSync(join(root, binary), join(filled, binary));
  return {
    mpmetrics: await pack(root, folder),
    [`@mpmetrics/binding-${platform}`]: await pack(filled, folder),
  };
}

async function pack(source, folder) {
  const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const output = await must('npm', packing, { cwd: source, quiet: true });
  return `file:${join(folder, output.trim().split('\n').at(-1))}`;
}
