// The examples in docstrings and documents run, and the results promised in their comments are correct.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { transform } from 'esbuild';
import * as exported from '../index';
import { neutral } from './multiprocess/support/run';
import { inTest } from './support/guides';
import { runProgram } from './support/programs';

const run = promisify(execFile);

const root = fileURLToPath(new URL('..', import.meta.url));

/** Names that examples use without a declaration. */
const SURROUNDINGS = `
  import { deepStrictEqual } from 'node:assert';
  import http from 'node:http';
  import * as client from 'mpmetrics';
  const { ${Object.keys(exported)
    .filter((name) => /^\w+$/.test(name) && name !== 'default')
    .join(', ')} } = client;
  const require = () => client;
  const queue = [];
  const registers = [new Registry({ name: 'surroundings' })];
  const options = { help: 'H', labelNames: ['route', 'code'], registers };
  const latency = new Histogram({ name: 'latency', ...options });
  const active = new Gauge({ name: 'active', ...options });
  const workers = [{ askForMetric: () => latency.get() }];
  const billing = open({ name: 'billing' });
`;

/** Its example needs Vitest or Jest, in which another spec runs the matchers. */
const NEEDS_A_RUNNER = 'src/testing/matchers.ts';

let gateway: Server;

test.before('a Pushgateway that takes whatever comes', async () => {
  gateway = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
});

test.after.always(() => gateway.close());

for (const file of ['index.ts', ...filesIn('src', '.ts')]) {
  const text = readFileSync(file, 'utf8');
  for (const { 1: language, 2: block = '', index } of text.matchAll(
    /^ *\* ```([jt]s)\n((?: *\*.*\n)*?) *\* ```$/gm,
  )) {
    if (file === NEEDS_A_RUNNER) continue;
    const code = block.replaceAll(/^ *\* ?/gm, '');
    test.serial(`${file}:${text.slice(0, index).split('\n').length}`, async (t) => {
      // JavaScript is a program with its imports.
      t.is(language === 'js' ? (await runProgram(t, code)).stderr : await complaints(code), '');
    });
  }
}

// The examples of docs/api are those of the docstrings, and another spec runs those of the guides.
const documents = filesIn('docs', '.md').filter((file) => !/^docs\/(?:api|guides)\//.test(file));
for (const file of documents) {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```[jt]s\n([^]*?)^```$/gm)];
  if (blocks.length === 0) continue;
  // The blocks run in the order of the page.
  const code = blocks.map(([, block]) => block).join('\n');
  test.serial(file, async (t) => {
    t.is(await complaints(code), '');
  });
}

test('no file asks for require and for await at the top, which no module has both of', (t) => {
  for (const file of ['README.md', ...filesIn('docs', '.md')]) {
    if (file.startsWith('docs/api/')) continue;
    const blocks = [...readFileSync(file, 'utf8').matchAll(/^```[jt]s\n([^]*?)^```$/gm)];
    const codes = blocks.map(([, block]) => block);
    // Each block of a guide is a program of its own. Those of other pages run in one.
    const programs = file.startsWith('docs/guides/') ? codes : [codes.join('\n')];
    t.false(programs.some(needsBoth), file);
  }
});

/** Whether a program calls require(), which no module has, and awaits at the top, which only modules may. */
function needsBoth(code = ''): boolean {
  return /\brequire\(/.test(code) && /^(?:await|(?:const|let) .* = await)\b/m.test(code);
}

test('every class and function that is exported has an example', (t) => {
  const source = [...filesIn('src', '.ts')].map((file) => readFileSync(file, 'utf8')).join('\n');
  // prom-client's other names for classes of this package, and names without an effect.
  const plain = new Set(['ClusterRegistry', 'WorkerRegistry', 'aggregators', 'contentType']);
  const declared =
    /\/\*\*((?:(?!\*\/)[^])*)\*\/\n(?:\/\/.*\n)?export (?:class|function|async function) (\w+)/g;
  const documented = new Map([...source.matchAll(declared)].map(([, text, name]) => [name, text]));
  for (const [name, value] of Object.entries(exported)) {
    if (typeof value !== 'function' || plain.has(name)) continue;
    t.true(documented.get(name)?.includes('```'), name);
  }
});

test.serial('a failing example is reported', async (t) => {
  t.regex(await complaints(`linearBuckets(0, 50, 3); // [0, 50]`), /Expected values to be/);
  t.regex(await complaints(`new Counter({ name: 'a b', help: 'H' });`), /Invalid metric name/);
});

/** Runs an example. Returns its error output, which is empty if the example is correct. */
async function complaints(code: string): Promise<string> {
  const { port } = gateway.address() as AddressInfo;
  const runnable = inTest(code)
    // The code runs inside a function.
    .replaceAll(/^import .* from 'mpmetrics';$|^export (?=const)/gm, '')
    // `expression; // its value`
    .replaceAll(/^(\w+\(.*\)); \/\/ (.+)$/gm, 'deepStrictEqual($1, $2);')
    .replaceAll('9091', `${port}`);
  const module = `${SURROUNDINGS}\nawait (async () => {\n${runnable}\n})();\nprocess.exit();`;
  const { code: lowered } = await transform(module, {
    loader: 'ts',
    target: 'node20',
    format: 'esm',
  });
  try {
    const args = ['--input-type=module', '--eval', lowered];
    const env = { ...neutral(), MPMETRICS: 'private', METRICS_PASSWORD: 'sesame' };
    return (await run(process.execPath, args, { cwd: root, env, timeout: 60_000 })).stderr;
  } catch (error) {
    return String(error);
  }
}

function filesIn(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`);
}
