// A recipe for each bundler: the packages to install, the commands that bundle and start a small service, and the expected
// output. The configurations and commands are those of docs/guides/bundlers.md.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const guide = readFileSync(new URL('../../docs/guides/bundlers.md', import.meta.url), 'utf8');
const blocks = [...guide.matchAll(/^```(?:js|sh)\n([^]*?)^```$/gm)].map(([, text]) => text);

/** The only block of the guide with that beginning. */
function block(beginning) {
  const [found, ...others] = blocks.filter((text) => text.startsWith(beginning));
  if (found === undefined || others.length > 0) {
    throw new Error(`docs/guides/bundlers.md has no block, or several, with ${beginning}`);
  }
  return found;
}

/** That file of the guide. */
const fileOf = (name) => ({ [name]: block(`// ${name}\n`) });
/** The commands of the guide with that beginning. */
const commands = (beginning) => ['sh', '-ec', block(beginning)];

/** A port that was free just now, for a service whose code has its port. */
const listener = createServer().listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address();
listener.close();

const COUNTED = 'served_total 3';
// The second entry point counts in the registry of the first one.
const MEASURED = 'http_server_request_duration_seconds_count{http_request_method="GET"';

/** Counts, is asked once, serves the page from the server's thread, and prints what it says. */
const SERVICE = `
import { createServer } from 'node:http';
import { Counter, startHttpServer } from 'mpmetrics';
import { measure } from 'mpmetrics/http';
measure();
const served = new Counter({ name: 'served_total', help: 'Served' });
served.inc(3);
const application = createServer((_, response) => response.end());
application.listen(0, '127.0.0.1', async () => {
  await (await fetch('http://127.0.0.1:' + application.address().port)).text();
  application.close();
  startHttpServer({ port: 0 }).then(
    async (server) => {
      console.log(await (await fetch(server.url)).text());
      await server.close();
    },
    (error) => console.log(error.code + ': ' + error.message),
  );
});
`;

const run = (file) => ['node', file];

export const recipes = [
  {
    name: 'esbuild',
    dependencies: { esbuild: '^0.28.0' },
    files: { 'service.mjs': SERVICE },
    build: [commands('npx esbuild')],
    start: run('out/service.cjs'),
    expected: [COUNTED, MEASURED],
  },
  {
    name: 'esbuild, the packages copied',
    dependencies: { esbuild: '^0.28.0' },
    files: { 'service.mjs': SERVICE },
    build: [
      commands('npx esbuild'),
      commands('mkdir -p out'),
      // Nothing else is there when it runs.
      ['mv', 'node_modules', 'gone'],
    ],
    start: run('out/service.cjs'),
    expected: [COUNTED, MEASURED],
  },
  {
    name: 'esbuild, bundled by mistake',
    dependencies: { esbuild: '^0.28.0' },
    files: { 'service.mjs': SERVICE },
    build: [
      [
        'npx',
        'esbuild',
        'service.mjs',
        '--bundle',
        '--platform=node',
        '--outfile=out/service.cjs',
        '--loader:.node=copy',
        '--log-level=error',
      ],
    ],
    start: run('out/service.cjs'),
    expected: ['MPMETRICS_NO_SERVER_THREAD', '--external:mpmetrics'],
  },
  {
    name: 'webpack',
    dependencies: { webpack: '^5.113.0', 'webpack-cli': '^7.0.0' },
    files: { 'service.mjs': SERVICE, ...fileOf('webpack.config.cjs') },
    build: [['npx', 'webpack', '--config', 'webpack.config.cjs']],
    start: run('out/service.cjs'),
    expected: [COUNTED, MEASURED],
  },
  {
    name: 'Rollup',
    dependencies: {
      rollup: '^4.0.0',
      '@rollup/plugin-node-resolve': '^16.0.0',
      '@rollup/plugin-commonjs': '^29.0.0',
    },
    files: { 'service.mjs': SERVICE, ...fileOf('rollup.config.mjs') },
    build: [['npx', 'rollup', '--config', 'rollup.config.mjs']],
    start: run('out/service.mjs'),
    expected: [COUNTED, MEASURED],
  },
  {
    name: 'Vite SSR',
    dependencies: { vite: '^8.0.0' },
    files: { 'service.mjs': SERVICE, ...fileOf('vite.config.mjs') },
    build: [['npx', 'vite', 'build']],
    start: run('out/service.mjs'),
    expected: [COUNTED, MEASURED],
  },
  {
    name: 'Next.js',
    dependencies: { next: '^16.0.0', react: '^19.0.0', 'react-dom': '^19.0.0' },
    files: {
      ...fileOf('next.config.mjs'),
      'app/layout.js': `export default function Layout({ children }) { return <html><body>{children}</body></html>; }`,
      'app/page.js': `export default function Page() { return <p>Hello</p>; }`,
      'instrumentation.js': block('// instrumentation.js\n').replace('9464', port),
      'app/hello/route.js': `import { Counter, register } from 'mpmetrics';
        const served = register.getSingleMetric('served_total') ?? new Counter({ name: 'served_total', help: 'Served' });
        export const dynamic = 'force-dynamic';
        export async function GET() {
          served.inc(3);
          return new Response('http://127.0.0.1:${port}/metrics');
        }`,
      'ask.mjs': `import { spawn } from 'node:child_process';
        const server = spawn('npx', ['next', 'start', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
        let said = '';
        const address = await new Promise((resolve) => server.stdout.on('data', (data) => {
          said += data;
          const found = /http:\\/\\/localhost:(\\d+)/.exec(said);
          if (found && /Ready/.test(said)) resolve('http://127.0.0.1:' + found[1]);
        }));
        const url = await (await fetch(address + '/hello')).text();
        console.log(await (await fetch(url)).text());
        process.kill(-server.pid);`,
    },
    build: [['npx', 'next', 'build']],
    start: run('ask.mjs'),
    expected: [COUNTED],
  },
];
