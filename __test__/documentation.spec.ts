// The examples in docstrings and guides run, and the results promised in their comments are correct.
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
import { pem } from './server/ask';
import { GUIDES_OF_PROGRAMS } from './support/guides';

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

/** Guides with code for another tool, which other specs run. */
const ELSEWHERE = new Set(
  ['bundlers', 'frameworks', 'processes', 'settings', 'testing', 'zero-code']
    .concat(GUIDES_OF_PROGRAMS)
    .map((name) => `docs/guides/${name}.md`),
);

let gateway: Server;

test.before('a Pushgateway that takes whatever comes', async () => {
  gateway = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(gateway, 'listening');
});

test.after.always(() => gateway.close());

for (const file of ['index.ts', ...filesIn('src', '.ts')]) {
  const text = readFileSync(file, 'utf8');
  for (const { 1: block = '', index } of text.matchAll(
    /^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm,
  )) {
    test.serial(`${file}:${text.slice(0, index).split('\n').length}`, async (t) => {
      t.is(await complaints(block.replaceAll(/^ *\* ?/gm, '')), '');
    });
  }
}

// The examples of docs/api are those of the docstrings.
const documents = filesIn('docs', '.md').filter((file) => !file.startsWith('docs/api/'));
const guides = documents.filter((file) => !ELSEWHERE.has(file));
for (const file of guides) {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/^```[jt]s\n([^]*?)^```$/gm)];
  if (blocks.length === 0) continue;
  // The blocks run in the order of the page.
  const code = blocks.map(([, block]) => block).join('\n');
  test.serial(file, async (t) => {
    t.is(await complaints(code), '');
  });
}

test('no file asks for require and for await at the top, which no module has both of', (t) => {
  for (const file of ['README.md', ...documents]) {
    const blocks = [...readFileSync(file, 'utf8').matchAll(/^```[jt]s\n([^]*?)^```$/gm)];
    const code = blocks.map(([, block]) => block).join('\n');
    t.false(/\brequire\(/.test(code) && /^(?:await|(?:const|let) .* = await)\b/m.test(code), file);
  }
});

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
  const runnable = code
    // The code runs inside a function.
    .replaceAll(/^import .* from 'mpmetrics';$|^export (?=const)/gm, '')
    // `expression; // its value`
    .replaceAll(/^(\w+\(.*\)); \/\/ (.+)$/gm, 'deepStrictEqual($1, $2);')
    .replaceAll('9091', `${port}`)
    .replaceAll('10.0.0.7', '127.0.0.1')
    .replaceAll(/\/etc\/shop\/(cert|key)\.pem/g, (_, part: 'cert' | 'key') =>
      pem(part === 'cert' ? 'server' : 'server-key'),
    )
    .replaceAll(/\b9(?:464|465|100)\b/g, '0');
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
