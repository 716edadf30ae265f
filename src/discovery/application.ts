// Which application a process belongs to: the package of its main script.

import { readFileSync, realpathSync } from 'fs';
import { basename, dirname, join, resolve, sep } from 'path';

/** An application, as processes that inherit each other's environment are told apart by. @internal */
export interface Application {
  /** The package's name, or that of its folder. */
  readonly name: string;
  /** The package's folder, symbolic links resolved. */
  readonly root: string;
  /** The same folder as the process was started with it: `current` rather than the release it points to. */
  readonly path: string;
}

/**
 * The application of a main script. A script that belongs to a dependency (`next start`, the child processes of a
 * pool) works for the application that installed it.
 *
 * @param script The path of the main script: `process.argv[1]`, which may be missing or no file at all.
 * @param directory The working directory.
 * @internal
 */
export function applicationOf(script: string | undefined, directory: string): Application {
  const real = script === undefined ? undefined : resolved(script);
  // `node -e`, standard input, a worker thread made from source text.
  if (script === undefined || real === undefined) return packageOf(directory);

  const host = hostOfDependency(script) ?? hostOfDependency(real);
  if (host === undefined) return packageOf(dirname(resolve(script)), dirname(real));
  return packageOf(isInside(directory, host) ? directory : host);
}

/** Whether two processes belong to one application: the same folder, or the same path to changing folders. @internal */
export function isSameApplication(one: Application, other: Application): boolean {
  return one.root === other.root || one.path === other.path;
}

/** The package that a folder belongs to: where it is by the path given, and where it really is. */
function packageOf(folder: string, real = resolved(folder) ?? folder): Application {
  const root = packageFolder(real) ?? real;
  const path = folder === real ? root : (packageFolder(folder) ?? root);
  return { name: packageName(root) ?? basename(root), root, path };
}

/** The nearest folder, from here upwards, that holds a package. */
function packageFolder(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    if (describesPackage(readManifest(current))) return current;
    if (dirname(current) === current) return undefined;
  }
}

/** The folder of the package that installed a script as its dependency, if it is one. */
function hostOfDependency(script: string): string | undefined {
  const place = script.indexOf(`${sep}node_modules${sep}`);
  const host = place < 0 ? undefined : script.slice(0, place);
  // What is installed globally has a `node_modules` in a folder that is no package: it stands for itself.
  return host !== undefined && describesPackage(readManifest(host)) ? host : undefined;
}

function isInside(folder: string, parent: string): boolean {
  return folder === parent || folder.startsWith(parent + sep);
}

/** Many packages have a `package.json` beside their output that says no more than `{ "type": "commonjs" }`. */
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
