// "Jest 27 says that there is no native binary, though it is installed."
//
// Resolvers of that age know no `imports` in a manifest, and no names that begin with `node:`.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { neutral } from '../multiprocess/support/run';
import { installed } from '../support/project';

const TEST = `
const { Counter, Histogram, Registry, openMetricsContentType, register, startHttpServer } = require('mpmetrics');
const { get } = require('http');
test('counts, and the thread of the server says so', async () => {
  new Counter({ name: 'answers_total', help: 'H' }).inc(42);
  new Histogram({ name: 'seconds', help: 'H' }).time()(() => 1)();
  const registers = [new Registry(openMetricsContentType), new Registry(openMetricsContentType)];
  const exact = new Counter({ name: 'exact_total', help: 'H', registers, enableExemplars: true });
  exact.inc({ exemplarLabels: { trace_id: 'x' } });
  expect(await registers[0].metrics()).toContain('trace_id="x"');
  expect(await register.metrics()).toContain('answers_total 42');
  const server = await startHttpServer({ port: 0 });
  const text = await new Promise((resolve) => get(server.url, (answer) => {
    let text = '';
    answer.on('data', (part) => { text += part; }).on('end', () => resolve(text));
  }));
  expect(text).toContain('answers_total 42');
  await server.close();
});
`;

/** Versions of Jest, and the environments that they bring along: `jsdom` has other timers, and fewer globals. */
const VERSIONS = { 26: ['node', 'jsdom'], 27: ['node', 'jsdom'], 28: ['node'] };

for (const [version, environments] of Object.entries(VERSIONS)) {
  test.serial(`Jest ${version}`, async (t) => {
    const folder = await installed(t, [`jest@${version}`]);
    writeFileSync(join(folder, 'counter.test.js'), TEST);
    const program = join(folder, 'node_modules/jest/bin/jest.js');
    for (const environment of environments) {
      const { stderr } = await promisify(execFile)(
        process.execPath,
        [program, `--env=${environment}`],
        { cwd: folder, env: { ...neutral(), CI: '1' } },
      );
      t.regex(stderr, /^Tests: +1 passed, 1 total$/m, environment);
    }
  });
}

test('published files are loaded by path, and built-in modules by their bare names', (t) => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  const helpers = readdirSync('lib', { recursive: true }).map((name) => `lib/${String(name)}`);
  const published = files.map((file) => file.replace(/^\//, ''));
  const scripts = [...published, ...helpers].filter((file) => /\.c?js$/.test(file));
  t.true(scripts.length > 10);
  for (const file of scripts) {
    const text = readFileSync(file, 'utf8');
    // The loader of the binary names the packages of the platforms.
    const asked = Array.from(
      text.matchAll(/\brequire\("([^"]+)"\)/g),
      ([, name]) => name as string,
    );
    const known = new Set(['@nestjs/common', ...builtinModules]);
    t.deepEqual(
      asked.filter((name) => !name.startsWith('.') && !known.has(name)),
      [],
      file,
    );
    for (const name of asked.filter((path) => path.startsWith('.'))) {
      t.notThrows(() => readFileSync(join(dirname(file), name)), `${file} asks for ${name}`);
    }
  }
});
