// The guard of `npm publish`, and the contents of the packages.
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { reachableDeclarations } from '../scripts/build/declarations.mjs';

const root = process.cwd();
const inNpm = readdirSync(join(root, 'npm')).map((name) => join('npm', name));

/** Ends a command that must fail, and returns what it printed. */
async function refusal(command: string, args: string[], cwd: string): Promise<string> {
  const shell = process.platform === 'win32' && command === 'npm';
  const ended = promisify(execFile)(command, args, { cwd, shell });
  const { stderr, code } = await ended.then(
    () => ({ stderr: 'it has not failed', code: 0 }),
    (error: { stderr: string; code: number }) => error,
  );
  return `${code}: ${stderr}`;
}

/** A tree of its own in git, with the guard and three packages, none of them through a dry run. */
function tree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-release-'));
  for (const file of [
    'scripts/run.mjs',
    'scripts/release/guard.mjs',
    'scripts/release/record.mjs',
  ]) {
    cpSync(join(root, file), join(folder, file));
  }
  for (const name of ['.', 'npm/linux-x64-gnu', 'npm/prom-client']) {
    mkdirSync(join(folder, name), { recursive: true });
    const { version, scripts } = manifest(name);
    const { prepublishOnly } = scripts;
    const about = { name: 'guarded', version, scripts: { prepublishOnly } };
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify(about));
  }
  writeFileSync(join(folder, '.gitignore'), 'target/\n');
  mkdirSync(join(folder, 'target'));
  git(folder, 'init', '--quiet');
  commit(folder);
  return folder;
}

const manifest = (name: string) =>
  JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'));

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();
}

function commit(folder: string): void {
  git(folder, 'add', '--all');
  const author = [
    '-c',
    'user.name=A',
    '-c',
    'user.email=a@localhost',
    '-c',
    'commit.gpgsign=false',
  ];
  git(folder, ...author, 'commit', '--quiet', '--message', 'A change');
}

test('every package of the tree has the guard', (t) => {
  for (const name of ['.', ...inNpm]) {
    const steps = name === '.' ? '' : '../../';
    t.is(manifest(name).scripts.prepublishOnly, `node ${steps}scripts/release/guard.mjs`, name);
  }
});

test('"npm publish" is refused in a tree without a dry run, in each kind of package', async (t) => {
  const folder = tree();
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of ['.', 'npm/linux-x64-gnu', 'npm/prom-client']) {
    // Without the guard, this would be a rehearsal that succeeds or asks a registry that is not there.
    const args = ['publish', '--dry-run', '--registry=http://127.0.0.1:9', '--fetch-retries=0'];
    const printed = await refusal('npm', args, join(folder, name));
    t.regex(printed, /This tree has not been through a dry run/, name);
  }
});

test('the guard knows the tree and the packages of the dry run', async (t) => {
  const folder = tree();
  t.teardown(() => rmSync(folder, { recursive: true }));
  const guarded = () => refusal(process.execPath, ['scripts/release/guard.mjs'], folder);
  const write = (record: object) =>
    writeFileSync(join(folder, 'target/release-record.json'), JSON.stringify(record));

  write({ tree: 'another', packages: [] });
  t.regex(await guarded(), /^1: .*another tree/s);

  const here = git(folder, 'rev-parse', 'HEAD^{tree}');
  write({ tree: here, packages: [{ name: 'guarded', tarball: 'missing.tgz', integrity: '' }] });
  t.regex(await guarded(), /^1: .*guarded is not what was checked/s);

  write({ tree: here, packages: [] });
  t.regex(await guarded(), /^1: .*it is not a package: run "npm run release -- --publish"/s);

  writeFileSync(join(folder, 'changed'), '');
  t.regex(await guarded(), /^1: .*changes that are not committed/s);
});

test('a dry run during which the tree changes allows nothing', async (t) => {
  const folder = tree();
  t.teardown(() => rmSync(folder, { recursive: true }));
  const { begin, record } = await import(
    pathToFileURL(join(folder, 'scripts/release/record.mjs')).href
  );
  t.regex(record('0.1.0', [], begin()), /may be published/);
  const before = begin();
  writeFileSync(join(folder, 'changed'), '');
  commit(folder);
  t.regex(record('0.1.0', [], before), /may not be published/);
  const printed = await refusal(process.execPath, ['scripts/release/guard.mjs'], folder);
  t.regex(printed, /^1: .*another tree/s);
});

test('declarations are packed only if users reach them', (t) => {
  const packing = ['pack', '--json', '--ignore-scripts', '--dry-run'];
  const shell = process.platform === 'win32';
  const output = execFileSync('npm', packing, { cwd: root, encoding: 'utf8', shell });
  const files = JSON.parse(output)[0].files.map(({ path }: { path: string }) => path);
  const packed = files.filter((file: string) => /\.d\.[cm]?ts$/.test(file));
  t.deepEqual(packed.toSorted(), [...reachableDeclarations(root)].toSorted());
  t.true(packed.includes('dist/src/auto/import.d.mts'));
});

test('arethetypeswrong finds no fault in the stand-ins, without mpmetrics beside them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-release-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const shell = process.platform === 'win32';
  const run = (command: string, args: string[], cwd: string) =>
    promisify(execFile)(command, args, { cwd, shell }).catch((error) => error);
  for (const name of ['prom-client', 'prometheus-io-client']) {
    const packing = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const packed = await run('npm', packing, join(root, 'npm', name));
    const tarball = join(folder, packed.stdout.trim());
    const { stdout } = await run('npx', ['--no-install', 'attw', tarball, '--no-color'], root);
    t.regex(stdout, /No problems found/, name);
  }
});

test('the entry points load the registry from the main file, and bundle none', (t) => {
  const entries = ['http/http', 'auto/auto', 'testing/testing', 'frameworks/express'];
  for (const entry of entries) {
    const text = readFileSync(join(root, 'dist/src', `${entry}.js`), 'utf8');
    t.false(text.includes('dist/src/registry/registry.js'), entry);
  }
});
