// Settings without code: each of them in a cluster of two, from the environment and from files.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import test from 'ava';
import { open } from '../index';
import { DEFINITIONS } from '../src/settings/settings';
import { neutral } from './multiprocess/support/run';
import { named, page, SERVICE, start, type StartOptions } from './settings/service';
import { samplesIn } from './support/application';
import { blocksOf } from './support/guides';
import { LinkedProject } from './support/linked';

test('without any settings: default metrics, HTTP metrics and those of the application', async (t) => {
  const application = await start(t);
  const samples = await page(application);
  t.is(named(samples, 'orders_total').length, 10);
  t.is(named(samples, 'order_seconds_bucket').length, 2);
  t.true(named(samples, 'http_server_request_duration_seconds_count').length > 0);
  t.is(named(samples, 'process_cpu_seconds_total').length, 1);
  t.is(application.errors, '');
});

for (const [source, given] of Object.entries<StartOptions>({
  'the environment': { environment: { MPMETRICS_PATH: '/own' } },
  'mpmetrics.config.json': { files: { 'mpmetrics.config.json': { path: '/own' } } },
  'mpmetrics.config.json with a byte order mark': {
    files: { 'mpmetrics.config.json': '\ufeff{ "path": "/own" }' },
  },
  'mpmetrics.config.mjs': {
    files: { 'mpmetrics.config.mjs': `export default { path: await '/own' };` },
  },
  'mpmetrics.config.mjs that says something else each time': {
    files: {
      'mpmetrics.config.mjs': `let reads = 0; export default { get path() { return reads++ ? 1 : '/own'; } };`,
    },
  },
  'package.json': {
    files: { 'package.json': { name: 'linked', private: true, mpmetrics: { path: '/own' } } },
  },
  'package.json with a byte order mark': {
    files: { 'package.json': '\ufeff{ "private": true, "mpmetrics": { "path": "/own" } }' },
  },
  'package.json, with --require': {
    files: { 'package.json': { name: 'linked', private: true, mpmetrics: { path: '/own' } } },
    preload: '--require',
  },
  'the file that MPMETRICS_CONFIG names': {
    environment: { MPMETRICS_CONFIG: 'other/settings.json' },
    files: { 'other/settings.json': { path: '/own' } },
  },
  'the environment before a file': {
    environment: { MPMETRICS_PATH: '/own' },
    files: { 'mpmetrics.config.json': { path: '/other' } },
  },
})) {
  test(`path, from ${source}`, async (t) => {
    const application = await start(t, given);
    t.is(named(await page(application, '/own'), 'orders_total').length, 10);
    t.is((await application.get('/metrics', { port: application.metricsPort })).status, 404);
  });
}

test('port: a path of the application’s own server', async (t) => {
  const application = await start(t, {
    environment: { MPMETRICS_PORT: 'application', MPMETRICS_PATH: '/own' },
  });
  t.is((await application.get('/')).text, 'hello');
  for (;;) {
    const { status, text } = await application.get('/own?x=1');
    t.is(status, 200);
    const samples = samplesIn(text);
    if (named(samples, 'order_seconds_count')[0]?.value !== 2) continue;
    t.is(named(samples, 'orders_total').length, 10);
    break;
  }
  t.is((await application.get('/own', { method: 'POST' })).text, 'hello');
});

test('port: none', async (t) => {
  const application = await start(t, { environment: { MPMETRICS_PORT: 'none' } });
  t.is((await application.get('/metrics')).text, 'hello');
  t.is((await application.get('/metrics', { port: application.metricsPort })).status, 0);
});

test('port: the application runs while the port is taken, and serves later', async (t) => {
  const first = await start(t);
  const second = await start(t, { environment: { MPMETRICS_PORT: String(first.metricsPort) } });
  t.is((await second.get('/')).text, 'hello');
  t.regex(second.errors, /MPMETRICS_PORT_IN_USE/);
  t.is(second.errors.match(/MpmetricsWarning/g)?.length, 1);
});

test('host: only that address is listened on', async (t) => {
  const application = await start(t, { environment: { MPMETRICS_HOST: '127.0.0.2' } });
  t.is((await application.get('/metrics', { port: application.metricsPort })).status, 0);
  const { status } = await application.get('/metrics', {
    port: application.metricsPort,
    host: '127.0.0.2',
  });
  t.is(status, 200);
});

test('labels: all series have them, and the application adds its own', async (t) => {
  const application = await start(t, {
    environment: { MPMETRICS_LABELS: 'zone=eu, team=shop', OWN_LABELS: 'yes' },
  });
  const samples = await page(application);
  const [cpu] = named(samples, 'process_cpu_seconds_total');
  t.is(cpu?.labels['team'], 'shop');
  const labels = named(samples, 'orders_total').map((sample) => sample.labels);
  t.true(labels.every(({ team, zone, own }) => team === 'shop' && zone === 'own' && own === 'yes'));
});

test('buckets: those of the application’s own histogram, and of ours', async (t) => {
  const application = await start(t, {
    environment: {
      MPMETRICS_BUCKETS: 'order_seconds=0.1,0.5; http_server_request_duration_seconds=1',
    },
  });
  const samples = await page(application);
  const bounds = (name: string): (string | undefined)[] => [
    ...new Set(named(samples, `${name}_bucket`).map(({ labels }) => labels['le'])),
  ];
  t.deepEqual(bounds('order_seconds'), ['0.1', '0.5', '+Inf']);
  t.deepEqual(bounds('http_server_request_duration_seconds'), ['1', '+Inf']);
});

test('nativeHistograms: those of the application, and of ours', async (t) => {
  const name = `settings-spec-${process.pid}`;
  const application = await start(t, {
    environment: {
      MPMETRICS_NAME: name,
      MPMETRICS_NATIVE_HISTOGRAMS: 'http_server_*, order_seconds',
    },
  });
  const classic = named(await page(application), 'order_seconds_bucket');
  t.deepEqual(
    classic.map(({ labels, value }) => [labels['le'], value]),
    [
      ['60', 2],
      ['+Inf', 2],
    ],
  );
  const heap = open({ name, mode: 'read' });
  t.teardown(() => heap.close());
  const families = await heap.register.families();
  const counts = (family: string): (number | undefined)[] =>
    families
      .filter((each) => each.type === 'histogram')
      .filter((each) => each.name === family)
      .flatMap(({ series }) => series.map(({ native }) => native?.positive[0]?.count));
  t.deepEqual(counts('order_seconds'), [2]);
  t.true(counts('http_server_request_duration_seconds').every((count) => count !== undefined));
  t.true(counts('http_client_request_duration_seconds').every((count) => count === undefined));
});

test('exclude: by name and by beginning, whoever makes the metric', async (t) => {
  const application = await start(t, {
    files: { 'mpmetrics.config.json': { exclude: ['nodejs_*', 'http_*', 'orders_total'] } },
  });
  const names = new Set((await page(application)).map(({ name }) => name));
  t.deepEqual(
    [...names].filter((name) => /^(?:nodejs_|http_|orders_total)/.test(name)),
    [],
  );
  t.true(names.has('process_cpu_seconds_total'));
});

test('seriesLimit: a family has no more series than that', async (t) => {
  const application = await start(t, { environment: { MPMETRICS_SERIES_LIMIT: '4' } });
  const samples = await page(application);
  t.is(named(samples, 'orders_total').filter(({ labels }) => 'number' in labels).length, 4);
});

test('seriesLimit, from a file', async (t) => {
  const application = await start(t, { files: { 'mpmetrics.config.json': { seriesLimit: 4 } } });
  const samples = await page(application);
  t.is(named(samples, 'orders_total').filter(({ labels }) => 'number' in labels).length, 4);
});

test('httpNames: classic', async (t) => {
  const application = await start(t, { environment: { MPMETRICS_HTTP_NAMES: 'classic' } });
  await application.get('/any', { method: 'PROPFIND' });
  const counts = named(await page(application), 'http_request_duration_seconds_count');
  t.deepEqual(
    counts.map(({ labels }) => labels).find(({ method }) => method === '_OTHER'),
    { method: '_OTHER', status_code: '200' },
  );
});

test('defaultMetrics: false', async (t) => {
  const application = await start(t, { environment: { MPMETRICS_DEFAULT_METRICS: 'false' } });
  const samples = await page(application);
  t.deepEqual(named(samples, 'process_cpu_seconds_total'), []);
  t.true(named(samples, 'http_server_active_requests').length > 0);
});

test('a worker of another package takes the settings of its primary', async (t) => {
  const application = await start(t, {
    files: {
      'mpmetrics.config.json': { buckets: { order_seconds: [7] } },
      'other/package.json': { name: 'other', private: true },
      'other/mpmetrics.config.json': { buckets: { order_seconds: [8] } },
      'other/worker.cjs': SERVICE,
    },
    environment: { WORKER: 'other/worker.cjs', MPMETRICS: 'inherit' },
  });
  const bounds = named(await page(application), 'order_seconds_bucket');
  t.deepEqual(
    bounds.map(({ labels }) => labels['le']),
    ['7', '+Inf'],
  );
});

test('an application that is started by another one has its own settings', async (t) => {
  const { folder } = new LinkedProject(t, {
    'mpmetrics.config.json': { port: 'none', path: '/first' },
    'service.cjs': `require('node:child_process').fork('service.cjs', { cwd: 'other' });`,
    'other/package.json': { name: 'other', private: true },
    'other/mpmetrics.config.json': { port: 'none', path: '/second' },
    'other/service.cjs': `
      process.stdout.write(JSON.parse(process.env.MPMETRICS_SETTINGS).file.content.path);`,
  });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'mpmetrics/auto', 'service.cjs'],
    { cwd: folder, env: neutral() },
  );
  t.is(stdout, '/second');
});

test('an empty variable sets nothing', async (t) => {
  const empty = Object.fromEntries(
    Object.values(DEFINITIONS).map(({ variable }) => [variable, '']),
  );
  const { MPMETRICS_PORT: _port, ...environment } = empty;
  const samples = await page(await start(t, { environment }));
  t.is(named(samples, 'orders_total').length, 10);
});

const GUIDE = readFileSync('docs/guides/settings.md', 'utf8');

test('the guide: the variables of its example', async (t) => {
  const [block = ''] = blocksOf(GUIDE, 'sh');
  const { stdout } = await promisify(execFile)('sh', ['-ec', `set -a\n${block}\nenv`]);
  const environment = Object.fromEntries(
    stdout
      .split('\n')
      .filter((line) => line.startsWith('MPMETRICS_'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const samples = await page(await start(t, { environment }));
  const [count] = named(samples, 'order_seconds_count');
  t.deepEqual(count?.labels, { zone: 'eu', team: 'shop' });
  const bounds = named(samples, 'order_seconds_bucket').map(({ labels }) => labels['le']);
  t.deepEqual(bounds, ['0.1', '0.5', '1', '+Inf']);
  t.deepEqual(
    samples.filter(({ name }) => /^(?:nodejs_|http_client_|process_open_fds$)/.test(name)),
    [],
  );
});

test('the guide: its files', async (t) => {
  const [json = ''] = blocksOf(GUIDE, 'json');
  const [module = ''] = blocksOf(GUIDE, 'js');
  const ofJson = await start(t, { files: { 'mpmetrics.config.json': json } });
  const samples = await page(ofJson);
  t.deepEqual(named(samples, 'order_seconds_count')[0]?.labels, { zone: 'eu' });
  t.is(named(samples, 'order_seconds_bucket').length, 4);
  t.false(samples.some(({ name }) => name.startsWith('nodejs_')));

  const files = { 'mpmetrics.config.mjs': module };
  const ofModule = await start(t, { files, environment: { RELEASE: '4.7' } });
  t.deepEqual(named(await page(ofModule), 'order_seconds_count')[0]?.labels, { version: '4.7' });
});

test('the guide has each setting with its default', (t) => {
  const rows = new Map<string, string>();
  for (const [, variable = '', name = '', initial = ''] of GUIDE.matchAll(
    /^\| `(MPMETRICS_\w+)` *\| `(\w+)` *\| .* \| +(.*?) +\|$/gm,
  )) {
    rows.set(`${variable} ${name}`, initial.replaceAll('`', ''));
  }
  for (const [name, { variable, initial }] of Object.entries(DEFINITIONS)) {
    const told = rows.get(`${variable} ${name}`);
    t.truthy(told, variable);
    if (typeof initial === 'object' || initial === undefined) t.regex(told ?? '', /\w/, variable);
    else t.is(told, String(initial), variable);
  }
  t.is(rows.size, Object.keys(DEFINITIONS).length);
});

test('variables of a Kubernetes service of that name are ignored', async (t) => {
  const application = await start(t, {
    environment: {
      MPMETRICS_SERVICE_HOST: '10.0.0.1',
      MPMETRICS_PORT: 'tcp://10.0.0.1:9464',
      MPMETRICS_PORT_9464_TCP_ADDR: '10.0.0.1',
    },
    files: { 'mpmetrics.config.json': { port: 'application' } },
  });
  t.regex((await application.get('/metrics')).text, /^orders_total\{/m);
  t.is(application.errors, '');
});
