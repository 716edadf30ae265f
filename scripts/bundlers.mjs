// `npm run test:bundlers`: bundles a small service with every bundler that docs/guides/bundlers.md has a recipe for, runs what
// comes out, and asks the server of the metrics for its page.
//   npm run test:bundlers                 all of them (some minutes, most of which npm takes to install Next.js)
//   npm run test:bundlers -- vite         those whose name contains that
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packAll } from './bundlers/packed.mjs';
import { recipes } from './bundlers/recipes.mjs';
import { main, must, Refusal, run, say } from './run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const [wanted = ''] = process.argv.slice(2);
  const chosen = recipes.filter(({ name }) => name.includes(wanted));
  if (chosen.length === 0) throw new Refusal(`There is no recipe for "${wanted}".`);
  await setup();
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-bundlers-'));
  const results = [];
  try {
    const tarballs = await packAll(folder);
    for (const recipe of chosen) results.push(await check(recipe, tarballs, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.table(results);
  const failed = results.filter(({ result }) => result !== 'ok').length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
});

/** Installs, bundles and runs a recipe in a project of its own. */
async function check({ name, dependencies, files, build, start, expected }, tarballs, folder) {
  say(name);
  const project = join(folder, name.replaceAll(/\W+/g, '-'));
  write(project, {
    'package.json': JSON.stringify({
      name: 'service',
      private: true,
      dependencies: { ...tarballs, ...dependencies },
    }),
    ...files,
  });
  try {
    await must('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], at(project));
    for (const [command, ...args] of build) await must(command, args, at(project));
    const [command, ...args] = start;
    const { output } = await run(command, args, at(project));
    const missing = expected.filter((text) => !output.includes(text));
    return {
      recipe: name,
      result: missing.length > 0 ? `no ${missing}: ${output.slice(-300)}` : 'ok',
    };
  } catch (error) {
    return { recipe: name, result: error.message.split('\n')[0] };
  }
}

function at(cwd) {
  return { cwd, quiet: true, environment: { NEXT_TELEMETRY_DISABLED: '1' } };
}

function write(project, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = join(project, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
