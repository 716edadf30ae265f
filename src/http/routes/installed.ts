// The router of Hono for an application of ES modules. Its imports pass no function that could be observed, so the
// router is loaded first.

import { existsSync, readFileSync, realpathSync } from 'fs';
import { dirname, join } from 'path';
import { pathToFileURL } from 'url';
import { honoRouter } from './hono';

const PACKAGE = join('node_modules', 'hono');
const ROUTER = './router/smart-router';

/**
 * Observes the router of the Hono that is installed for the code in a folder, if there is one. Never rejects.
 * @internal
 */
export async function seeInstalledHono(folder: string): Promise<void> {
  try {
    const file = routerIn(folder);
    if (file === undefined) return;
    honoRouter.see((await import(pathToFileURL(file).href)) as never);
  } catch {
    // The package has another layout, and its routes stay unknown.
  }
}

function routerIn(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const home = join(current, PACKAGE);
    const manifest = join(home, 'package.json');
    if (existsSync(manifest)) {
      const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
        exports?: Record<string, { import?: string } | undefined>;
      };
      const file = exports?.[ROUTER]?.import;
      // The real path, as the loader uses it, so that both get the same module.
      return file === undefined ? undefined : realpathSync(join(home, file));
    }
    if (dirname(current) === current) return undefined;
  }
}
