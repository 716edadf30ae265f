// The summary of `npm test`: its total, the tests that it could not run, and the missing tools.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { countAva, countCargo } from '../scripts/test/counts.mjs';

const run = promisify(execFile);

test('skipped specs are counted, as AVA prints them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const ava = new URL('../node_modules/ava/entrypoints/', import.meta.url);
  writeFileSync(
    join(folder, 'test.js'),
    `import test from ${JSON.stringify(new URL('main.mjs', ava).href)};
     test('one', (t) => t.pass());
     test('other', (t) => t.pass());
     test.skip('third', (t) => t.pass());`,
  );
  const { stdout } = await run(process.execPath, [new URL('cli.mjs', ava).pathname], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  t.deepEqual(countAva(stripVTControlCharacters(stdout)), { passed: 2, failed: 0, skipped: 1 });
});

test('totals of cargo are added up', (t) => {
  const line = (passed: number, failed: number): string =>
    `test result: ok. ${passed} passed; ${failed} failed; 1 ignored; 0 measured; 0 filtered out\n`;
  t.deepEqual(countCargo(line(3, 0) + line(4, 1)), { passed: 7, failed: 1, skipped: 0 });
});

test('each tool that is not here is named, with a way to get it', async (t) => {
  const tools = JSON.stringify(new URL('../scripts/test/tools.mjs', import.meta.url).href);
  const code = `import { missingTools } from ${tools}; console.log(missingTools().join('\\n'));`;
  const args = ['--input-type=module', '--eval', code];
  const { stdout } = await run(process.execPath, args, { env: { PATH: '/nowhere' } });
  const lines = stdout.trim().split('\n');
  t.is(lines.length, 4);
  for (const [index, tool] of [
    'prometheus',
    'prometheus-pushgateway',
    'tmux',
    'python3-pip',
  ].entries()) {
    t.regex(
      lines[index] ?? '',
      new RegExp(` is not here: .* apt-get install ${tool}; elsewhere: https://`),
    );
  }
});
