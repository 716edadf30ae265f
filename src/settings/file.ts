// The file with settings: a file of its own, or a key of package.json, in the folder of the application's package.

import { existsSync, readFileSync } from 'fs';
import { join, resolve } from 'path';

/** The variable that names another file. @internal */
export const FILE_VARIABLE = 'MPMETRICS_CONFIG';

const NAMES = ['mpmetrics.config.json', 'mpmetrics.config.mjs'];
/** The key of package.json. */
const KEY = 'mpmetrics';

/** Where settings were found. @internal */
export interface Found {
  /** The file, as the user is told of it. */
  readonly source: string;
  /** What is in it; undefined: only an import of the module at `source` gives it. */
  readonly content?: unknown;
}

/** A file that is not what it should be. @internal */
export class FileProblem extends Error {}

/**
 * The file of an application, read unless it is a module; undefined if there is none.
 *
 * @param root The folder of the application's package.
 * @param chosen What `MPMETRICS_CONFIG` says.
 * @throws FileProblem for two files, for one that is missing, and for one that cannot be read.
 * @internal
 */
export function findFile(root: string, chosen: string | undefined): Found | undefined {
  if (chosen) {
    const file = resolve(chosen);
    if (!existsSync(file)) {
      throw new FileProblem(`${FILE_VARIABLE} names ${file}, which does not exist`);
    }
    if (!/\.(?:json|mjs)$/.test(file)) {
      throw new FileProblem(`${FILE_VARIABLE} names ${file}, which must end in .json or .mjs`);
    }
    return contentOf(file);
  }
  const files = NAMES.map((name) => join(root, name)).filter((file) => existsSync(file));
  const inManifest = keyOfManifest(root);
  const sources = [...files, ...(inManifest === undefined ? [] : [inManifest.source])];
  if (sources.length > 1) {
    throw new FileProblem(`${sources.join(' and ')} both have settings: keep one of them`);
  }
  const [file] = files;
  return file === undefined ? inManifest : contentOf(file);
}

function contentOf(file: string): Found {
  return file.endsWith('.mjs') ? { source: file } : { source: file, content: readJson(file) };
}

function keyOfManifest(root: string): Found | undefined {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Not a matter of settings: Node has its own words for it.
    return undefined;
  }
  const content = (manifest as Record<string, unknown> | null)?.[KEY];
  return content === undefined ? undefined : { source: `${file} ("${KEY}")`, content };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new FileProblem(`${file} is no JSON: ${(error as Error).message}`);
  }
}
