// How users are told to put a stand-in in the place of its original: read from the stand-in's own README, so that this is what is tried.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

/** The stand-ins: the original, its last version, and the folder of the stand-in. */
export const standIns = [
  { original: 'prom-client', version: '15.1.3', folder: 'npm/prom-client' },
  { original: '@prometheus-io/client', version: '0.16.1', folder: 'npm/prometheus-io-client' },
];

/** The entries of a package.json for npm: the first block of JSON of the README. */
export function recipeFor({ folder }) {
  const [, json] = /```json\n([^]*?)```/.exec(
    readFileSync(join(root, folder, 'README.md'), 'utf8'),
  );
  return JSON.parse(json);
}
