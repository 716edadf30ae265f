// The file with settings in the folder of the application's package: a separate file, or a key of package.json.

import { existsSync, readFileSync } from 'fs';
import { join, resolve } from 'path';

/** The variable with the path of another file. @internal */
export const FILE_VARIABLE = 'MPMETRICS_CONFIG';

const NAMES = ['mpmetrics.config.json', 'mpmetrics.config.mjs'];
/** The key of package.json. */
const KEY = 'mpmetrics';

/** Settings that were found in a file. @internal */
export interface Found {
  /** The file, as it is named in messages. */
  readonly source: string;
  /** Its content. Undefined if `source` is a module, which must be imported. */
  readonly content?: unknown;
}

/** A fault of the file. @internal */
export class FileProblem extends Error {}

/**
 * The settings file of an application, which is read unless it is a module. Undefined if there is none.
 *
 * @param root The folder of the application's package.
 * @param chosen The value of `MPMETRICS_CONFIG`.
 * @throws FileProblem if there are two files, or if a file is missing or cannot be read.
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
    manifest = jsonIn(file);
  } catch {
    // A broken package.json is no fault of settings, and Node reports it itself.
    return undefined;
  }
  const content = (manifest as Record<string, unknown> | null)?.[KEY];
  return content === undefined ? undefined : { source: `${file} ("${KEY}")`, content };
}

function readJson(file: string): unknown {
  try {
    return jsonIn(file);
  } catch (error) {
    throw new FileProblem(`${file} is no JSON: ${(error as Error).message}`);
  }
}

/** Some editors begin a file with a byte order mark. */
function jsonIn(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
}
