// Compiles all TypeScript that runs as JavaScript: the facade, the examples, and the decorator tests.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import typescript from 'typescript';
import { removeUnreachableDeclarations } from './build/declarations.mjs';
import { buildPage } from './build/page.mjs';
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

/**
 * The entry points beside the front door. Each is one file. It loads the library, and other entry points that it needs, as
 * users do, so there is one instance of each.
 */
const ENTRIES = [
  'http/http',
  'auto/auto',
  'auto/require',
  'frameworks/express',
  'frameworks/fastify',
  'frameworks/koa',
  'frameworks/hono',
  'frameworks/fetch',
  'frameworks/nest',
  'testing/testing',
].map((name) => `dist/src/${name}.js`);

/** This file exports its own location, so it stays outside of the bundle. */
const ownFile = (entry) => ({
  name: 'own-file',
  setup({ onResolve }) {
    const file = 'dist/src/server/thread-location.cjs';
    const path = relative(dirname(entry), file).replaceAll('\\', '/');
    onResolve({ filter: /\/thread-location\.cjs$/ }, () => ({
      path: path.startsWith('.') ? path : `./${path}`,
      external: true,
    }));
  },
});

/** The loader of the binary lies beside the package's manifest. Old resolvers know no `imports`, so a path leads there. */
const binding = {
  name: 'binding',
  setup({ onResolve, initialOptions }) {
    const path = relative(dirname(initialOptions.outfile), 'binding.cjs').replaceAll('\\', '/');
    onResolve({ filter: /^#binding$/ }, () => ({ path, external: true }));
  },
};

/** Leaves files of other entry points out of a bundle. */
const otherEntries = {
  name: 'other-entries',
  setup({ onResolve }) {
    const files = new Set(['dist/index.js', ...ENTRIES].map((file) => join(root, file)));
    onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
      const file = `${join(resolveDir, path).replace(/\.js$/, '')}.js`;
      if (kind === 'entry-point' || !files.has(file)) return undefined;
      return { path: path.endsWith('.js') ? path : `${path}.js`, external: true };
    });
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
 * The compiler re-exports by getters, which nobody can replace or stub. All exports become plain properties. No module
 * imports another in a circle, so each value is there when it is assigned. A getter with a setter stays. Node drops names
 * with getters that it does not know, so the text must not look like one.
 */
function plainExports(text) {
  return text
    .replaceAll(
      /Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return ([\w.]+); \} \}\);/g,
      'exports.$1 = $2;',
    )
    .replaceAll('Object.defineProperty(exports, ', "Object['defineProperty'](exports, ");
}

await main(async () => {
  for (const { configuration, sources, output } of PROJECTS) {
    if (!hasSource(join(root, sources))) continue;
    removeOrphans(join(root, sources), join(root, output));
    await must(process.execPath, ['node_modules/typescript/bin/tsc', '--project', configuration]);
    if (output === 'dist') {
      await bundle();
      removeUnreachableDeclarations(root, output);
      await buildPage();
    }
  }
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(join(root, 'build', 'typescript-built'), '');
});

/**
 * Bundles all files into one for each thread of the package: loading seventy files takes twice the time, and three
 * megabytes more. The single files stay beside it for the tests, and are not packed.
 */
async function bundle() {
  const entries = ['dist/index.js', 'dist/src/server/thread.js', 'dist/src/cli/cli.js', ...ENTRIES];
  // Before any of them becomes a bundle: these load the others by their names.
  const names = await exportedNames(['dist/index.js', ...ENTRIES]);
  for (const file of entries) {
    await build({
      absWorkingDir: root,
      entryPoints: [file],
      outfile: file,
      allowOverwrite: true,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      plugins: [
        ownFile(file),
        binding,
        ...(ENTRIES.includes(file) ? [otherEntries] : []),
        withoutComments,
      ],
      // This line never runs. It tells Node the names that can be imported.
      footer: names[file] ? { js: `0 && (module.exports = { ${names[file]} });` } : {},
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

/** The names of the exports by file, read without the native binding. */
async function exportedNames(files) {
  const script = `
    const names = (file) => Object.keys(require('./' + file)).filter((name) => name !== 'default').join(', ');
    const entries = ${JSON.stringify(files)}.filter((file) => !file.endsWith('/require.js'));
    console.log(JSON.stringify(Object.fromEntries(entries.map((file) => [file, names(file)]))));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--eval', script], {
    cwd: root,
    env: { ...process.env, MPMETRICS: 'off' },
  });
  return JSON.parse(stdout);
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
