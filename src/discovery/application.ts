// The application of a process: the package of its main script.

import { readFileSync, realpathSync } from 'fs';
import { basename, dirname, join, resolve, sep } from 'path';

/** An application. Processes that inherit each other's environment are distinguished by it. @internal */
export interface Application {
  /** The package's name, or the name of its folder. */
  readonly name: string;
  /** The package's folder, symbolic links resolved. */
  readonly root: string;
  /** The package's folder as the process was started: the link `current` rather than its target. */
  readonly path: string;
}

/**
 * The application of a main script. A script that belongs to a dependency (`next start`, the child processes of a
 * pool) works for the application that installed it.
 *
 * @param script The path of the main script, `process.argv[1]`. It may be missing, or no file.
 * @param directory The working directory.
 * @internal
 */
export function applicationOf(script: string | undefined, directory: string): Application {
  const real = script === undefined ? undefined : resolved(script);
  // For `node -e`, standard input, and a worker thread made from text.
  if (script === undefined || real === undefined) return packageOf(directory);

  const host = hostOfDependency(script) ?? hostOfDependency(real);
  if (host === undefined) return packageOf(dirname(resolve(script)), dirname(real));
  return packageOf(isInside(directory, host) ? directory : host);
}

/** Whether two processes belong to one application: the same folder, or the same path to changing folders. @internal */
export function isSameApplication(one: Application, other: Application): boolean {
  return one.root === other.root || one.path === other.path;
}

/** The package of a folder, by the given path and by the real one. */
function packageOf(folder: string, real = resolved(folder) ?? folder): Application {
  const root = packageFolder(real) ?? real;
  const path = folder === real ? root : (packageFolder(folder) ?? root);
  return { name: packageName(root) ?? basename(root), root, path };
}

/** The nearest folder with a package, from here upwards. */
function packageFolder(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    if (describesPackage(readManifest(current))) return current;
    if (dirname(current) === current) return undefined;
  }
}

/** The folder of the package that has this script as a dependency; undefined if there is none. */
function hostOfDependency(script: string): string | undefined {
  const index = script.indexOf(`${sep}node_modules${sep}`);
  const host = index < 0 ? undefined : script.slice(0, index);
  // A global installation has a `node_modules` in a folder without a package. Then the script is its own application.
  return host !== undefined && describesPackage(readManifest(host)) ? host : undefined;
}

function isInside(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(parent + sep);
}

/** A manifest such as `{ "type": "commonjs" }`, which many packages have beside their output, describes no package. */
function describesPackage(manifest: object | undefined): boolean {
  if (manifest === undefined) return false;
  return ['name', 'private', 'version', 'scripts', 'dependencies'].some((key) => key in manifest);
}

function packageName(folder: string): string | undefined {
  const { name } = (readManifest(folder) ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function readManifest(folder: string): object | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
