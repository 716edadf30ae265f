// Compiles all TypeScript that runs as JavaScript: the facade, the examples, and the decorator tests.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import typescript from 'typescript';
import { main, must, root } from './run.mjs';

// The facade comes first, because the others import it by its package name, from dist/.
const PROJECTS = [
  { configuration: 'tsconfig.json', sources: '.', output: 'dist' },
  { configuration: 'examples/tsconfig.json', sources: 'examples', output: 'build/examples' },
  ...['standard', 'legacy'].map((kind) => ({
    configuration: `tsconfig.decorators-${kind}.json`,
    sources: `__test__/decorators/${kind}`,
    output: `build/decorators/${kind}`,
  })),
];

/** This file exports its own location, so it stays outside of the bundle. */
const ownFile = {
  name: 'own-file',
  setup({ onResolve }) {
    onResolve({ filter: /\/thread-location\.cjs$/ }, () => ({
      path: './src/server/thread-location.cjs',
      external: true,
    }));
  },
};

/**
 * The published code has no comments. They are a third of the text, and a single letter outside of Latin-1 makes each
 * letter of a file take two bytes of memory.
 */
const withoutComments = {
  name: 'without-comments',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.c?js$/ }, ({ path }) => ({
      contents: plainExports(withoutCommentsOf(readFileSync(path, 'utf8'))),
    }));
  },
};

function withoutCommentsOf(text) {
  const { ESNext } = typescript.ScriptTarget;
  const compilerOptions = {
    removeComments: true,
    target: ESNext,
    module: typescript.ModuleKind.ESNext,
  };
  return typescript.transpileModule(text, { compilerOptions }).outputText;
}

/**
 * Node searches the text for names that can be imported, and drops names with getters that it does not know. Since the
 * functions keep their names, these would be all. So the text must not look like getters.
 */
function plainExports(text) {
  return text.replaceAll('Object.defineProperty(exports, ', "Object['defineProperty'](exports, ");
}

await main(async () => {
  for (const { configuration, sources, output } of PROJECTS) {
    if (!hasSource(join(root, sources))) continue;
    removeOrphans(join(root, sources), join(root, output));
    await must(process.execPath, ['node_modules/typescript/bin/tsc', '--project', configuration]);
    if (output === 'dist') await bundle();
  }
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(join(root, 'build', 'typescript-built'), '');
});

/**
 * Bundles all files into one for each thread of the package: loading seventy files takes twice the time, and three
 * megabytes more. The single files stay beside it for the tests, and are not packed.
 */
async function bundle() {
  const names = await exportedNames();
  for (const file of ['dist/index.js', 'dist/src/server/thread.js']) {
    await build({
      absWorkingDir: root,
      entryPoints: [file],
      outfile: file,
      allowOverwrite: true,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['#binding'],
      plugins: [ownFile, withoutComments],
      // This line never runs. It tells Node the names that can be imported.
      footer: file === 'dist/index.js' ? { js: `0 && (module.exports = { ${names} });` } : {},
      logLevel: 'warning',
    });
    keepClassNames(join(root, file));
  }
}

/**
 * The bundler writes a class that mentions itself as `var Counter = class _Counter`, and the class would have that
 * name. The bundler's own option against this would define the name of every closure, at each creation.
 */
function keepClassNames(file) {
  const text = readFileSync(file, 'utf8');
  const renamed = Array.from(text.matchAll(/\bvar (\w+) = class _\1\b/g), ([, name]) => name);
  if (renamed.length === 0) return;
  writeFileSync(file, text.replaceAll(new RegExp(`\\b_(${renamed.join('|')})\\b`, 'g'), '$1'));
}

/** The names of the exports, read without the native binding. */
async function exportedNames() {
  const script = "console.log(Object.keys(require('./dist/index.js')).join(', '))";
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script], {
    cwd: root,
    env: { ...process.env, MPMETRICS: 'off' },
  });
  const names = stdout.trim().split(', ');
  return names.filter((name) => name !== 'default').join(', ');
}

function hasSource(folder) {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.ts'));
}

/** Removes compiled files without a source, so that they neither run nor are packed. */
function removeOrphans(sources, output) {
  if (!existsSync(output)) return;
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    const compiled = /\.(?:d\.)?[cm]?[jt]s$/.exec(entry.name);
    if (!entry.isFile() || !compiled) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const source = join(sources, relative(output, file).slice(0, -compiled[0].length));
    const known = ['.ts', '.mts', '.cts'].some((extension) => existsSync(source + extension));
    if (!known) rmSync(file);
  }
}
