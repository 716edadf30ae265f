// Jest and Vitest, installed from npm: each test file has its own metrics, in one process or in several. Usual tests
// for prom-client pass with its stand-in as well.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
import { blocksOf } from './support/guides';
import { runProgram } from './support/programs';
import { project } from './support/project';

const root = fileURLToPath(new URL('..', import.meta.url));
const EXAMPLES = join(root, 'examples', 'testing');

/** A test runner, and its message about passed tests. */
interface Runner {
  name: string;
  package: string;
  program: string;
  /** Its arguments: in one process, in several. */
  ways: string[][];
  passed(count: number): RegExp;
  /** The beginning of our test file. */
  head: string;
  /** How it gets `mpmetrics/testing`. */
  testing: string;
  /** Its test file in `examples/testing`. */
  example: string;
}

const RUNNERS: Runner[] = [
  {
    name: 'Jest',
    package: 'jest@29',
    program: 'jest/bin/jest.js',
    ways: [['--runInBand'], ['--maxWorkers=2']],
    passed: (count) => new RegExp(`^Tests: +${count} passed, ${count} total$`, 'm'),
    head: `const { Counter, Histogram, MpmetricsError, open, register } = require('mpmetrics');`,
    testing: `const testing = require('mpmetrics/testing');`,
    example: 'orders.jest.test.cjs',
  },
  {
    name: 'Vitest',
    package: 'vitest@3',
    program: 'vitest/vitest.mjs',
    ways: [
      ['run', '--pool=forks'],
      ['run', '--pool=threads'],
    ],
    passed: (count) => new RegExp(`Tests +${count} passed \\(${count}\\)`),
    head: `import { Counter, Histogram, MpmetricsError, open, register } from 'mpmetrics';
           import { expect, test } from 'vitest';`,
    testing: `import * as testing from 'mpmetrics/testing';`,
    example: 'orders.vitest.test.mjs',
  },
];

for (const runner of RUNNERS) {
  test.serial(runner.name, async (t) => {
    const folder = await project(t, [runner.package, 'prom-client@15.1.3']);
    symlinkSync(root, join(folder, 'node_modules', 'mpmetrics'), 'junction');
    const own = `${runner.head}\nconst RUNNER = '${runner.name}';\n${read('own.js')}`;
    await runAll(t, runner, folder, { one: own, two: own, three: own }, 6);
    const example = readFileSync(join(EXAMPLES, runner.example), 'utf8');
    await runAll(t, runner, folder, { orders: example }, 2);
    // As npm puts it there: of a link, Vitest makes code of the project, and loads the package twice.
    const copy = join(folder, 'node_modules', 'mpmetrics');
    rmSync(copy);
    const files = readdirSync(root).filter((entry) => entry.endsWith('.node'));
    for (const entry of ['dist', 'lib', 'package.json', 'binding.cjs', ...files]) {
      cpSync(join(root, entry), join(copy, entry), { recursive: true });
    }
    const testing = `${runner.head}\n${runner.testing}\n${read('testing.js')}`;
    await runAll(t, runner, folder, { testing }, 3);
    await runAll(t, runner, folder, { guide: blockOf('js', `// ${runner.example}`) }, 1);
    if (runner.name === 'Vitest') await checkTypes(folder);

    const file = runner.name === 'Jest' ? 'jest.js' : 'vitest.js';
    const theirs = { usual: read(file) };
    const count = theirs.usual.match(/^test\(/gm)?.length as number;
    await runAll(t, runner, folder, theirs, count);
    const name = join(folder, 'node_modules/prom-client');
    rmSync(name, { recursive: true });
    cpSync(join(root, 'npm/prom-client'), name, { recursive: true });
    await runAll(t, runner, folder, theirs, count);
  });
}

/** The block of the guide with that beginning. */
function blockOf(language: string, beginning: string): string {
  const guide = readFileSync(join(root, 'docs/guides/testing.md'), 'utf8');
  const block = blocksOf(guide, language).find((text) => text.startsWith(beginning));
  if (block === undefined) throw new Error(`testing.md has no block with ${beginning}`);
  return block;
}

/** Compiles the guide's test for Vitest with the guide's types of the matchers. */
async function checkTypes(folder: string): Promise<void> {
  const types = blockOf('ts', `import 'vitest'`);
  writeFileSync(join(folder, 'matchers.ts'), types);
  writeFileSync(join(folder, 'guide.ts'), blockOf('js', '// orders.vitest.test.mjs'));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options =
    '--noEmit --strict --skipLibCheck --target es2022 --module esnext --moduleResolution bundler';
  const args = [compiler, ...options.split(' '), 'matchers.ts', 'guide.ts'];
  await promisify(execFile)(process.execPath, args, { cwd: folder });
}

test('the guide: the testing kit without a test runner', async (t) => {
  const { stderr } = await runProgram(t, blockOf('js', 'import { strictEqual }'));
  t.is(stderr, '');
});

function read(name: string): string {
  return readFileSync(join(root, '__test__/runners', name), 'utf8');
}

/** Runs those test files, in each way that the runner has. */
async function runAll(
  t: ExecutionContext,
  { program, ways, passed }: Runner,
  folder: string,
  files: Record<string, string>,
  count: number,
): Promise<void> {
  rmSync(join(folder, 'tests'), { recursive: true, force: true });
  mkdirSync(join(folder, 'tests'));
  for (const name of ['orders.cjs', 'orders.mjs']) {
    cpSync(join(EXAMPLES, name), join(folder, 'tests', name));
  }
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, 'tests', `${name}.test.js`), text);
  }
  const environment = neutral();
  delete environment['NODE_ENV'];
  for (const way of ways) {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(folder, 'node_modules', program), ...way],
      { cwd: folder, env: { ...environment, NO_COLOR: '1', CI: '1' } },
    );
    t.regex(stdout + stderr, passed(count), way.join(' '));
  }
}
