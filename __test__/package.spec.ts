// The published package as users get it: packed, installed into empty projects, imported and compiled.
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-package-'));
const project = join(folder, 'project');
let tarball = '';

test.before('packs the main and the platform package, and installs both', async () => {
  if (
    /require\("\.\/src\/(?!server\/thread-location)/.test(
      readFileSync(join(root, 'dist/index.js'), 'utf8'),
    )
  ) {
    throw new Error('dist/ was compiled and not bundled: run "npm run build:ts"');
  }
  tarball = await pack(root);
  const binary = readdirSync(root).find((name) => name.endsWith('.node'))!;
  const platform = binary.split('.')[1];
  const platformPackage = join(folder, platform);
  cpSync(join(root, 'npm', platform), platformPackage, { recursive: true });
  copyFileSync(join(root, binary), join(platformPackage, binary));
  const platformTarball = await pack(platformPackage);

  mkdirSync(project);
  write('package.json', { name: 'empty', private: true });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball, platformTarball]);
});

test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test.serial('the package contains only files that run', async (t) => {
  const packed = readdirSync(join(project, 'node_modules/mpmetrics'));
  t.deepEqual(packed.toSorted(), [
    'CHANGELOG.md',
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'binding.cjs',
    'dist',
    'lib',
    'package.json',
  ]);
});

test.serial('import and require return the same classes, which count', async (t) => {
  write(
    'both.mjs',
    `import { createRequire } from 'node:module';
     import * as all from 'mpmetrics';
     import { Counter, register } from 'mpmetrics';
     const required = createRequire(import.meta.url)('mpmetrics');
     new Counter({ name: 'imported_total', help: 'From a module' }).inc(2);
     new required.Counter({ name: 'required_total', help: 'From CommonJS' }).inc(3);
     const text = await register.metrics();
     console.log(JSON.stringify({
       same: required.Counter === Counter && required.register === register,
       notImportable: Object.keys(required).filter((name) => !(name in all)),
       imported: /^imported_total 2$/m.test(text),
       required: /^required_total 3$/m.test(text),
     }));`,
  );
  const { stdout } = await run(process.execPath, ['both.mjs']);
  t.deepEqual(JSON.parse(stdout), {
    same: true,
    notImportable: [],
    imported: true,
    required: true,
  });
});

test.serial('a CommonJS program counts in its forked child too', async (t) => {
  write(
    'program.cjs',
    `const { fork } = require('child_process');
     const { Histogram, register } = require('mpmetrics');
     const seconds = new Histogram({ name: 'seconds', help: 'Time' });
     seconds.observe(0.5);
     if (!process.send) {
       fork(__filename).on('exit', async () => {
         const text = await register.metrics();
         console.log(/^seconds_sum 1$/m.test(text) && /^seconds_count 2$/m.test(text));
       });
     }`,
  );
  const { stdout } = await run(process.execPath, ['program.cjs']);
  t.is(stdout, 'true\n');
});

test.serial('the server works in an installed package', async (t) => {
  write(
    'server.mjs',
    `import { Counter, startHttpServer } from 'mpmetrics';
     new Counter({ name: 'served_total', help: 'Served' }).inc(4);
     const server = await startHttpServer({ port: 0 });
     const response = await fetch(server.url);
     console.log(/^served_total 4$/m.test(await response.text()));
     await server.close();`,
  );
  const { stdout } = await run(process.execPath, ['server.mjs']);
  t.is(stdout, 'true\n');
});

test.serial('without the platform package, the error of the import has advice', async (t) => {
  const bare = join(folder, 'bare');
  cpSync(project, bare, { recursive: true });
  rmSync(join(bare, 'node_modules/@mpmetrics'), { recursive: true });
  writeFileSync(
    join(bare, 'bare.cjs'),
    `try { require('mpmetrics'); } catch (error) { console.log(error.code); }`,
  );
  const { stdout } = await run(process.execPath, ['bare.cjs'], { cwd: bare });
  t.is(stdout, 'MPMETRICS_NO_BINDING\n');
  const off = await run(
    process.execPath,
    ['-e', `new (require('mpmetrics').Counter)({name:'a',help:'b'}).inc()`],
    {
      cwd: bare,
      env: { ...process.env, MPMETRICS: 'off' },
    },
  );
  t.is(off.stdout + off.stderr, '');
});

// Code of TypeScript users, once with each kind of decorator. The declarations need only ES2022.
const TYPED = `
import { Counter, Gauge, Histogram, Registry, register, startHttpServer } from 'mpmetrics';

const requests = new Counter<'method' | 'code'>({ name: 'requests_total', help: 'Requests', labelNames: ['method', 'code'] });
requests.inc({ method: 'GET', code: 200 });
requests.labels('GET', '200').inc(2);
// @ts-expect-error -- there is no such label
requests.inc({ path: '/' });

const seconds = new Histogram({ name: 'seconds', help: 'Time', buckets: [0.1, 1] });
const busy = new Gauge({ name: 'busy', help: 'Calls under way', registers: [new Registry()] });

export class Shop {
  @seconds.time()
  @busy.trackInProgress()
  async order<T>(what: T, pieces: number): Promise<T[]> {
    return Array.from({ length: pieces }, () => what);
  }
  @(requests.labels('GET', '500').countExceptions(RangeError))
  static check(pieces: number): boolean {
    return pieces > 0;
  }
}

export const wrapped: (pieces: number) => string = seconds.time()((pieces: number) => 'x'.repeat(pieces));
export const page: Promise<string> = register.metrics();
export const served: Promise<{ url: string }> = startHttpServer({ port: 0 });
`;

for (const resolution of ['node10', 'node16', 'bundler']) {
  for (const experimentalDecorators of [false, true]) {
    const kind = experimentalDecorators ? 'older' : 'standard';
    test.serial(`the types compile under ${resolution} with ${kind} decorators`, async (t) => {
      write('typed.ts', TYPED);
      write('tsconfig.json', {
        compilerOptions: {
          target: 'ES2022',
          lib: ['ES2022'],
          types: [],
          strict: true,
          skipLibCheck: false,
          noEmit: true,
          moduleResolution: resolution,
          module: { node10: 'CommonJS', node16: 'Node16', bundler: 'ESNext' }[resolution],
          experimentalDecorators,
          emitDecoratorMetadata: experimentalDecorators,
        },
        files: ['typed.ts'],
      });
      await compiles(t.log);
      t.pass();
    });
  }
}

test.serial('publint finds nothing', async (t) => {
  const { stdout } = await run(process.execPath, [tool('publint/src/cli.js'), tarball, '--strict']);
  t.regex(stdout, /All good/);
});

test.serial('arethetypeswrong finds nothing', async (t) => {
  const { stdout } = await run(process.execPath, [
    tool('@arethetypeswrong/cli/dist/index.js'),
    tarball,
    '--no-color',
  ]);
  t.regex(stdout, /No problems found/);
});

async function compiles(log: (text: string) => void) {
  const { stdout } = await run(process.execPath, [tool('typescript/bin/tsc'), '-p', '.']).catch(
    (error) => {
      log(error.stdout);
      throw error;
    },
  );
  if (stdout) log(stdout);
}

async function pack(source: string): Promise<string> {
  // Packing would compile first, and replace files while other specs use them.
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', args, { cwd: source });
  return join(folder, JSON.parse(stdout)[0].filename);
}

function tool(path: string): string {
  return resolve(root, 'node_modules', path);
}

function write(name: string, content: string | object) {
  writeFileSync(
    join(project, name),
    typeof content === 'string' ? content : JSON.stringify(content),
  );
}

function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const { MPMETRICS, ...env } = process.env;
  return promisify(execFile)(command, args, {
    cwd: project,
    env,
    shell: process.platform === 'win32' && command === 'npm',
    ...options,
  });
}
