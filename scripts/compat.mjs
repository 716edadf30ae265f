// `npm run compat`: installs packages that use prom-client, and changes each project over to our stand-ins by the recipe of
// their READMEs. It starts each in a cluster of two workers, and checks that one worker's scrape counts the requests of both.
//   npm run compat                  all rows
//   npm run compat -- hono          the rows with that text in their name
//   npm run compat -- --built       with an earlier build, even if files have changed since
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { aliases, installs, originals } from './compat/installs.mjs';
import { standIns } from './compat/recipes.mjs';
import { startRegistry } from './compat/registry.mjs';
import { runtimeFor } from './compat/runtime.mjs';
import { rows } from './compat/rows.mjs';
import { main, must, Refusal, root, run, say } from './run.mjs';
import { setup } from './setup.mjs';

/** Requests to each worker. */
const REQUESTS = [7, 5];

await main(async () => {
  const { values, positionals } = parseArgs({
    options: { built: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [wanted = ''] = positionals;
  const chosen = rows.filter(({ name }) => name.includes(wanted));
  if (chosen.length === 0) throw new Refusal(`There is no row "${wanted}".`);
  if (!values.built) await setup();
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-compat-'));
  try {
    say('Packing the package, its binary and the stand-ins');
    const registry = await startRegistry(await packAll(folder));
    const results = [];
    for (const row of chosen) {
      for (const installer of row.installers ?? ['npm']) {
        results.push(await check(row, installer, registry.url, folder));
      }
    }
    registry.close();
    console.table(results);
    const failed = results.filter(({ result }) => result !== 'ok').length;
    console.log(`${results.length - failed} passed, ${failed} failed`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

async function packAll(folder) {
  const binary = readdirSync(root).find((name) => name.endsWith('.node'));
  const platform = binary.split('.')[1];
  const filled = join(folder, platform);
  cpSync(join(root, 'npm', platform), filled, { recursive: true });
  copyFileSync(join(root, binary), join(filled, binary));
  const native = await pack(filled, folder);
  const { name, version } = JSON.parse(readFileSync(join(filled, 'package.json'), 'utf8'));
  const packages = [
    { tarball: native },
    { tarball: await pack(root, folder), added: { optionalDependencies: { [name]: version } } },
  ];
  for (const standIn of standIns) {
    packages.push({ tarball: await pack(join(root, standIn.folder), folder) });
  }
  return packages;
}

async function pack(source, folder) {
  const output = await must('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: source,
    quiet: true,
  });
  return join(folder, output.trim().split('\n').at(-1));
}

/** One row: a project with the originals, which is changed over; a cluster, requests, a scrape. */
async function check(row, installer, registry, folder) {
  say(`${row.name} with ${installer}`);
  const project = join(folder, `${row.name.replaceAll(/\W+/g, '-')}-${installer}`);
  mkdirSync(project);
  const report = { package: row.name, version: '', installer, counted: '', result: 'ok' };
  try {
    writeFileSync(join(project, '.npmrc'), `registry=${registry}\n`);
    await install(row, installer, project, { dependencies: originals });
    const { added } = installs[installer];
    await install(row, installer, project, { ...added, dependencies: aliases });
    requireStandIns(row.name, project);
    report.version = versionOf(row.name, project);
    copyFileSync(join(root, 'scripts/compat/cluster.cjs'), join(project, 'cluster.cjs'));
    writeFileSync(join(project, row.file ?? 'service.cjs'), row.service);
    const found = await measure(row, project);
    const expected = REQUESTS[0] + REQUESTS[1];
    report.counted = `${found} of ${expected}`;
    if (row.atLeast ? found < expected : found !== expected) report.result = 'counted wrongly';
  } catch (error) {
    report.result = error.message.split('\n')[0];
    process.stderr.write(`${error.stack}\n`);
  }
  return report;
}

async function install(row, installer, project, { dependencies, ...more }) {
  const manifest = {
    name: 'compat',
    version: '1.0.0',
    private: true,
    dependencies: { ...row.dependencies, ...runtimeFor(row.node).dependencies, ...dependencies },
    ...more,
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  const [program, ...args] = installs[installer].command;
  const { code, output } = await run(program, args, { cwd: project, quiet: true });
  if (code !== 0) throw new Error(`${installer} failed: ${output.slice(-500)}`);
}

/** Throws where an original is still there, for the project itself or for the package that stands on it. */
function requireStandIns(name, project) {
  const dependant = realpathSync(join(project, 'node_modules', name));
  for (const { original, folder } of standIns) {
    const { name: wanted } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    for (const from of [project, dependant]) {
      const found = packageFrom(from, original);
      if (found === undefined && from !== project) continue;
      if (found !== wanted) throw new Error(`in the place of ${original} is ${found}`);
    }
  }
}

/** The name of the package that is loaded for a request from a folder; nothing where there is none. */
function packageFrom(folder, request) {
  try {
    return createRequire(join(folder, 'index.js'))(`${request}/package.json`).name;
  } catch {
    return undefined;
  }
}

function versionOf(name, project) {
  const manifest = readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8');
  return JSON.parse(manifest).version;
}

async function measure(row, project) {
  const { MPMETRICS, ...env } = process.env;
  const child = spawn(
    runtimeFor(row.node).programIn(project),
    [...(row.flags ?? []), 'cluster.cjs', row.file ?? 'service.cjs'],
    {
      cwd: project,
      env: { ...env, NODE_ENV: 'production' },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  try {
    const ports = await portsOf(child);
    for (const [index, count] of REQUESTS.entries()) {
      for (let sent = 0; sent < count; sent += 1) {
        const answer = await fetch(`http://127.0.0.1:${ports[index]}${row.path}`);
        if (!answer.ok) throw new Error(`${row.path} answered ${answer.status}`);
        await answer.text();
      }
    }
    return await scrape(row, ports[0]);
  } finally {
    child.stdin.end();
    await new Promise((resolve) => {
      child.once('close', resolve);
      if (child.exitCode !== null) resolve();
    });
  }
}

/** Some packages count a request shortly after its answer. */
async function scrape(row, port) {
  let found = 0;
  const expected = REQUESTS[0] + REQUESTS[1];
  for (let tries = 0; tries < 20 && found < expected; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`/metrics answered ${answer.status}: ${text}`);
    found = [...text.matchAll(row.sample)].reduce((sum, [, value]) => sum + Number(value), 0);
    if (found < expected) await sleep(100);
  }
  return found;
}

async function portsOf(child) {
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    if (line.startsWith('ports ')) return line.slice(6).split(' ').map(Number);
  }
  throw new Error('the cluster did not start');
}
