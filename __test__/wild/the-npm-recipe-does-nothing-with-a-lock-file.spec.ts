// A project that has prom-client in its lock file follows "coming from prom-client": npm says "up to date", and prom-client stays. An alias
// takes whatever is installed under its name as long as the version fits, so the stand-in's range must fit no version of the original.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { recipeFor, standIns } from '../../scripts/compat/recipes.mjs';
import { startRegistry } from '../../scripts/compat/registry.mjs';
import { neutral } from '../multiprocess/support/run';
import { project } from '../support/project';

const run = promisify(execFile);

/** A registry in which the stand-ins are published, and the package that they hand on. */
async function registry(t: ExecutionContext): Promise<string> {
  const folder = await project(t, []);
  const packages = [];
  const mpmetrics = join(folder, 'mpmetrics');
  mkdirSync(mpmetrics);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  writeFileSync(join(mpmetrics, 'package.json'), JSON.stringify({ name: 'mpmetrics', version }));
  for (const source of [mpmetrics, ...standIns.map((standIn) => standIn.folder)]) {
    const args = ['pack', '--silent', '--pack-destination', folder];
    const { stdout } = await run('npm', args, { cwd: source });
    packages.push({ tarball: join(folder, stdout.trim()) });
  }
  const started = await startRegistry(packages);
  t.teardown(() => started.close());
  return started.url;
}

/** The name of each package that lies in the original's place, anywhere in the tree. */
async function inPlace(folder: string, original: string): Promise<string[]> {
  const { stdout } = await run('npm', ['ls', '--all', '--parseable', original], { cwd: folder });
  const paths = stdout.trim().split('\n');
  return paths.map((path) => {
    const { name } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    return name as string;
  });
}

for (const standIn of standIns) {
  const { original, version } = standIn;
  const standInName = (
    JSON.parse(readFileSync(`${standIn.folder}/package.json`, 'utf8')) as { name: string }
  ).name;
  for (const keeps of ['lock file and node_modules', 'lock file']) {
    test.serial(
      `${original}: with its ${keeps}, the recipe ends with the stand-in in its place`,
      async (t) => {
        const url = await registry(t);
        const folder = await project(t, []);
        const install = async (manifest: object): Promise<void> => {
          writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'p', ...manifest }));
          const args = ['install', '--no-audit', '--no-fund', `--registry=${url}`];
          await run('npm', args, { cwd: folder, env: neutral() });
        };
        const dependant = { 'express-prom-bundle': '8.0.0' };
        const before = { dependencies: { [original]: `^${version}`, ...dependant } };
        await install(before);
        t.true((await inPlace(folder, original)).includes(original));
        t.true(existsSync(join(folder, 'package-lock.json')));
        if (keeps === 'lock file') rmSync(join(folder, 'node_modules'), { recursive: true });

        const recipe = recipeFor(standIn);
        await install({
          ...recipe,
          dependencies: { ...before.dependencies, ...recipe.dependencies },
        });
        t.deepEqual([...new Set(await inPlace(folder, original))], [standInName]);
      },
    );
  }

  test(`${original}: the guide says the same as the stand-in's README`, (t) => {
    const guide = readFileSync('docs/coming-from-prom-client.md', 'utf8');
    t.true(guide.includes(recipeFor(standIn).dependencies[original]));
  });
}
