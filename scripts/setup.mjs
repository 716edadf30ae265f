// Prepares a clone: checks the tools, installs packages, and builds binding and facade, each only if it is out of date.
// Plain Node without dependencies, because it runs before there are any.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { main, must, Refusal, root, say } from './run.mjs';

const OLDEST_NODE = 20;

/** Checks the tools, installs packages, and builds everything that is out of date. */
export async function setup({ quiet = false } = {}) {
  checkNode();
  await install(quiet);
  await buildNative(quiet);
  await buildFacade(quiet);
}

/** Installs the frameworks that the specs run, into a folder of their own: the package depends on none of them. */
export async function installFrameworks() {
  const folder = '__test__/frameworks';
  const installed = modifiedAt(`${folder}/node_modules/.package-lock.json`);
  if (installed >= modifiedAt(`${folder}/package-lock.json`) && installed > 0) return;
  say(`Installing the frameworks that the specs run (npm ci in ${folder})`);
  await must('npm', ['ci', '--no-audit', '--no-fund'], { cwd: join(root, folder) });
}

function checkNode() {
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= OLDEST_NODE) return;
  throw new Refusal(
    `mpmetrics needs Node.js ${OLDEST_NODE} or newer, and this is ${process.version}.\n` +
      '  Install one from https://nodejs.org and run this again.',
  );
}

async function install(quiet) {
  const installed = modifiedAt('node_modules/.package-lock.json');
  if (installed >= modifiedAt('package-lock.json') && installed > 0) return;
  say('Installing what the package is built with (npm install)');
  // `npm ci` would refuse some lock files: a lock file may lack binaries for other platforms, if the registry did not
  // have them. `npm install` follows the lock file, and `--no-save` keeps it unchanged.
  await must('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { quiet });
}

async function buildNative(quiet) {
  const inputs = newest('crates', 'Cargo.toml', 'Cargo.lock');
  const binary = readdirSync(root).find((name) => name.endsWith('.node'));
  const built = binary ? Math.min(modifiedAt(binary), modifiedAt('binding.cjs')) : 0;
  if (built >= inputs) return;
  checkRust();
  say('Building the native binding (npm run build:native; the first time takes a minute)');
  await must('npm', ['run', '--silent', 'build:native'], { quiet });
}

function checkRust() {
  const needed = /^rust-version = "(\d+)\.(\d+)/m.exec(
    readFileSync(join(root, 'Cargo.toml'), 'utf8'),
  );
  const remedy =
    '  Install Rust from https://rustup.rs (or run "rustup update") and run this again.';
  let version;
  try {
    version = execFileSync('cargo', ['--version'], { encoding: 'utf8' });
  } catch {
    throw new Refusal(
      `The native binding is built with Rust, and there is no "cargo" here.\n${remedy}`,
    );
  }
  const found = /(\d+)\.(\d+)/.exec(version);
  if (!found || !needed) return;
  if (Number(found[1]) > Number(needed[1]) || Number(found[2]) >= Number(needed[2])) return;
  throw new Refusal(
    `The native binding needs Rust ${needed[1]}.${needed[2]} or newer, and this is ${version.trim()}.\n${remedy}`,
  );
}

async function buildFacade(quiet) {
  const inputs = newest(
    'index.ts',
    'src',
    'examples',
    '__test__/decorators',
    'scripts/build-ts.mjs',
    'scripts/build',
    'binding.d.cts',
    ...readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name)),
  );
  if (modifiedAt('build/typescript-built') >= inputs) return;
  say('Compiling the TypeScript (npm run build:ts)');
  await must('npm', ['run', '--silent', 'build:ts'], { quiet });
}

/** The modification time of a file in milliseconds, or 0 without the file. */
function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The latest modification of any file at or below the given paths. */
function newest(...paths) {
  let latest = 0;
  for (const path of paths) {
    const full = join(root, path);
    if (!existsSync(full)) continue;
    if (!statSync(full).isDirectory()) {
      latest = Math.max(latest, modifiedAt(path));
      continue;
    }
    for (const entry of readdirSync(full)) {
      if (entry === 'node_modules' || entry === 'target') continue;
      latest = Math.max(latest, newest(join(path, entry)));
    }
  }
  return latest;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(() => setup());
