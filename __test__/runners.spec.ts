// Jest and Vitest, as they are installed from npm: each test file has metrics of its own, in one process or in several.

import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** What is in each test file: the same metrics as in the others. */
const FILE = `
  const requests = new Counter({ name: 'requests_total', help: 'Requests' });
  const seconds = new Histogram({ name: 'seconds', help: 'Seconds', buckets: [1] });

  test('sees its own metrics only', async () => {
    requests.inc();
    seconds.observe(0.5);
    const text = await register.metrics();
    expect(text).toContain('\\nrequests_total 1\\n');
    expect(text).toContain('\\nseconds_count 1\\n');
    const heap = open();
    expect(heap.info()).toMatchObject({ shared: false, name: null, why: expect.stringContaining(RUNNER) });
    expect(heap.info().writers.length).toBe(1);
    heap.close();
  });

  test('throws errors of this realm', () => {
    expect(() => new Counter({ name: 'requests_total', help: 'Again' })).toThrow(/already been registered/);
    try {
      open({ name: 'nobody-has-made-this', mode: 'read' });
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      expect(error).toBeInstanceOf(MpmetricsError);
      expect(error.code).toBe('MPMETRICS_NO_SUCH_HEAP');
    }
    expect.assertions(4);
  });
`;
const NAMES = '{ Counter, Histogram, MpmetricsError, open, register }';

/**
 * A project with a test runner from npm, and this package beside it.
 *
 * @param example The test file of `examples/testing` that is for this runner.
 */
async function project(
  t: ExecutionContext,
  runner: string,
  example: string,
  head: string,
): Promise<string> {
  t.timeout(300_000);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-runner-')));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'tested', private: true }));
  await run('npm', ['install', '--no-audit', '--no-fund', runner], { cwd: folder, env: neutral() });
  symlinkSync(root, join(folder, 'node_modules', 'mpmetrics'), 'junction');
  mkdirSync(join(folder, 'tests'));
  for (const file of ['orders.cjs', 'orders.mjs', example]) {
    copyFileSync(join(root, 'examples', 'testing', file), join(folder, 'tests', file));
  }
  for (const name of ['one', 'two', 'three']) {
    writeFileSync(join(folder, 'tests', `${name}.test.js`), head + FILE);
  }
  return folder;
}

/** Runs a runner, which says on any of its outputs how many tests have passed. */
async function passes(folder: string, program: string, args: string[]): Promise<string> {
  const environment = neutral();
  delete environment['NODE_ENV'];
  const { stdout, stderr } = await run(
    process.execPath,
    [join(folder, 'node_modules', program), ...args],
    { cwd: folder, env: { ...environment, NO_COLOR: '1', CI: '1' } },
  );
  return stdout + stderr;
}

test.serial('Jest', async (t) => {
  const head = `const ${NAMES} = require('mpmetrics');\nconst RUNNER = 'Jest';\n`;
  const folder = await project(t, 'jest@29', 'orders.jest.test.cjs', head);
  for (const how of ['--runInBand', '--maxWorkers=2']) {
    t.regex(
      await passes(folder, 'jest/bin/jest.js', ['--testMatch=**/tests/*.test.*js', how]),
      /^Tests: +8 passed, 8 total$/m,
      how,
    );
  }
});

test.serial('Vitest', async (t) => {
  const head =
    `import ${NAMES} from 'mpmetrics';\nimport { expect, test } from 'vitest';\n` +
    `const RUNNER = 'Vitest';\n`;
  const folder = await project(t, 'vitest@3', 'orders.vitest.test.mjs', head);
  for (const how of ['--pool=forks', '--pool=threads']) {
    const said = await passes(folder, 'vitest/vitest.mjs', ['run', how]);
    t.regex(said, /Tests +8 passed \(8\)/, how);
  }
});
