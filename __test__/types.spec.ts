// Types: code for prom-client and @prometheus-io/client compiles with the stand-ins, and both kinds of decorators
// compile, with each common version of TypeScript.
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

const root = process.cwd();
const require = createRequire(import.meta.url);
/** A project with the stand-ins, and one with the originals. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-types-')));
const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];

test.before(() => {
  for (const project of [ours, theirs]) {
    mkdirSync(join(project, 'node_modules/@prometheus-io'), { recursive: true });
    cpSync(join(root, '__test__/types'), project, { recursive: true });
    symlinkSync(
      join(root, 'node_modules/@types'),
      join(project, 'node_modules/@types'),
      'junction',
    );
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS }));
  }
  symlinkSync(root, join(ours, 'node_modules/mpmetrics'), 'junction');
  for (const [name, standIn] of STAND_INS) {
    const own = join(ours, 'node_modules', name);
    cpSync(join(root, 'npm', standIn), own, { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(theirs, 'node_modules', name), 'junction');
  }
});
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const STAND_INS = [
  ['prom-client', 'prom-client'],
  ['@prometheus-io/client', 'prometheus-io-client'],
] as const;
const OPTIONS = {
  module: 'Node16',
  moduleResolution: 'Node16',
  target: 'ES2022',
  types: ['node'],
  strict: true,
  esModuleInterop: true,
  noEmit: true,
};

for (const [compiler, version] of [
  ['typescript', '5.9'],
  ['typescript-6', '6'],
  ['typescript-7', '7'],
] as const) {
  const compile = async (configuration: string): Promise<string> => {
    const bin = join(root, 'node_modules', compiler, 'bin/tsc');
    // The fast compiler checks the declarations, too.
    const args = [
      bin,
      '--noEmit',
      '--skipLibCheck',
      `${version !== '7'}`,
      '--project',
      configuration,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => error);
    return stdout as string;
  };

  test.serial(`TypeScript ${version}: code for the originals compiles`, async (t) => {
    t.true(
      (require(`${compiler}/package.json`) as { version: string }).version.startsWith(version),
    );
    t.is(await compile(ours), '');
  });

  for (const kind of ['standard', 'legacy']) {
    test.serial(`TypeScript ${version}: ${kind} decorators compile`, async (t) => {
      t.is(await compile(join(root, `tsconfig.decorators-${kind}.json`)), '');
    });
  }

  if (version === '5.9') {
    test.serial('the same code compiles with the originals', async (t) => {
      t.is(await compile(theirs), '');
    });
  }
}
