// Jest and Vitest, installed from npm: each test file has its own metrics, in one process or in several. Usual tests
// for prom-client pass with its stand-in as well.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
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
