// Settings without code: each of them in a cluster of two, from the environment and from files, and each of its wrong forms.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
import { pem } from './server/ask';
import { Application, samplesIn, type Sample } from './support/application';
import { LinkedProject } from './support/linked';

/** Two workers that count orders, and answer `hello`. */
const SERVICE = `
  const cluster = require('node:cluster');
  const { createServer } = require('node:http');
  if (cluster.isPrimary) {
    if (process.env.WORKER) cluster.setupPrimary({ exec: process.env.WORKER });
    for (const _ of [1, 2]) cluster.fork();
  } else {
    const { Counter, Histogram, register } = require('mpmetrics');
    const orders = new Counter({ name: 'orders_total', help: 'Orders', labelNames: ['number'] });
    const seconds = new Histogram({ name: 'order_seconds', help: 'Time', buckets: [60] });
    if (process.env.OWN_LABELS) register.setDefaultLabels({ own: 'yes', zone: 'own' });
    for (let number = 0; number < 10; number += 1) orders.inc({ number });
    seconds.observe(0.3);
    createServer((_, response) => response.end('hello')).listen(process.env.PORT);
  }
`;

type Files = Record<string, string | object>;

async function start(
  t: ExecutionContext,
  { environment = {}, files = {}, preload = '--import' }: StartOptions = {},
): Promise<Application> {
  t.timeout(120_000);
  const { folder } = new LinkedProject(t, { 'service.cjs': SERVICE, ...files });
  const args = [preload, 'mpmetrics/auto', 'service.cjs'];
  const application = await Application.start(t, { folder, args, environment });
  await application.until('/', 200);
  return application;
}

interface StartOptions {
  environment?: NodeJS.ProcessEnv;
  files?: Files;
  preload?: '--import' | '--require';
}

/** The page, once both workers have counted. */
async function page(application: Application, path = '/metrics'): Promise<Sample[]> {
  for (;;) {
    const { text } = await application.get(path, { port: application.metricsPort });
    const samples = samplesIn(text);
    const count = samples.find(({ name }) => name === 'order_seconds_count');
    if (count?.value === 2) return samples;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function named(samples: Sample[], name: string): Sample[] {
  return samples.filter((sample) => sample.name === name);
}

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
  'mpmetrics.config.mjs': {
    files: { 'mpmetrics.config.mjs': `export default { path: await '/own' };` },
  },
  'package.json': {
    files: { 'package.json': { name: 'linked', private: true, mpmetrics: { path: '/own' } } },
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

const CERTIFICATE = { MPMETRICS_TLS_CERT: pem('server'), MPMETRICS_TLS_KEY: pem('server-key') };

/** Wrong values of each variable, and the words that tell what they must be. */
const WRONG: Record<string, [words: RegExp, ...values: string[]]> = {
  MPMETRICS_PORT: [
    /whole number from 0 to 65535/,
    'abc',
    '-1',
    '65536',
    '9464.5',
    'tcp://10.0.0.1:9464',
  ],
  MPMETRICS_HOST: [/address or a host name/, 'localhost:9464', 'a b', 'http://x'],
  MPMETRICS_PATH: [/begin with a slash/, 'metrics', '/a b', '/a?b', '/-/heap'],
  MPMETRICS_LABELS: [
    /label names with values/,
    'zone',
    'zone=',
    '=eu',
    'a-b=c',
    'a=1,a=2',
    '__a=b',
  ],
  MPMETRICS_BUCKETS: [
    /ascending numbers/,
    'order_seconds',
    'order_seconds=',
    'order_seconds=2,1',
    'order_seconds=1,1',
    'order_seconds=1,x',
    'order seconds=1',
    'a=1;a=2',
  ],
  MPMETRICS_EXCLUDE: [/names of metrics/, 'a-b', 'a,,b', '*', 'a*b'],
  MPMETRICS_SERIES_LIMIT: [/whole number from 1/, '0', '-5', '1.5', 'many', '4294967296'],
  MPMETRICS_MAX_SERIES: [/whole number from 1/, '0', '-5', '1.5', 'many', '4294967296'],
  MPMETRICS_HTTP_NAMES: [/"semconv" or "classic"/, 'prom', 'CLASSIC'],
  MPMETRICS_DEFAULT_METRICS: [/true or false/, 'yes', '1', 'TRUE'],
  MPMETRICS_MAX_BLOCKED_SECONDS: [/seconds from 0\.05 to 86400/, '0', '-1', '1s', '86401'],
  MPMETRICS_MAX_SCRAPES: [/whole number from 1/, '0', '1.5', 'many'],
};

/** Runs the cluster, which must not start. Returns what it says. */
async function refusal(
  t: ExecutionContext,
  { environment = {}, files = {}, preload = '--import' }: StartOptions,
): Promise<string> {
  const { folder } = new LinkedProject(t, { 'service.cjs': SERVICE, ...files });
  const ended = promisify(execFile)(
    process.execPath,
    [preload, 'mpmetrics/auto', join(folder, 'service.cjs')],
    { cwd: folder, env: { ...neutral(), PORT: '0', ...environment } },
  );
  const error = (await t.throwsAsync(ended)) as Error & { code: number; stderr: string };
  t.is(error.code, 1);
  t.regex(error.stderr, /code: 'MPMETRICS_BAD_SETTING'/);
  t.is(error.stderr.match(/MpmetricsError: /g)?.length, 1, error.stderr);
  return error.stderr;
}

for (const [variable, [words, ...values]] of Object.entries(WRONG)) {
  test(`${variable}: wrong forms are refused at start`, async (t) => {
    t.timeout(120_000);
    for (const value of values) {
      const said = await refusal(t, { environment: { [variable]: value } });
      t.true(said.includes(`${variable}=${value} in the environment`), said);
      t.regex(said, words);
    }
  });
}

test('an empty variable sets nothing', async (t) => {
  const empty = Object.fromEntries(Object.keys(WRONG).map((variable) => [variable, '']));
  const { MPMETRICS_PORT: _port, ...environment } = empty;
  const samples = await page(await start(t, { environment }));
  t.is(named(samples, 'orders_total').length, 10);
});

for (const [what, [given, words]] of Object.entries<[StartOptions, RegExp]>({
  'a setting that there is not': [
    { files: { 'mpmetrics.config.json': { prot: 1 } } },
    /no setting "prot", but port, host/,
  ],
  'a value of another type': [
    { files: { 'mpmetrics.config.json': { port: '9464' } } },
    /"port" is "9464", and must be a whole number/,
  ],
  'a file that is no JSON': [
    { files: { 'mpmetrics.config.json': '{ port: 1 }' } },
    /mpmetrics\.config\.json is no JSON/,
  ],
  'a file that holds no object': [
    { files: { 'mpmetrics.config.json': '[1]' } },
    /must hold an object with settings/,
  ],
  'two files': [
    { files: { 'mpmetrics.config.json': {}, 'mpmetrics.config.mjs': 'export default {};' } },
    /config\.json and .*config\.mjs both have settings/,
  ],
  'a file beside a key of package.json': [
    { files: { 'mpmetrics.config.json': {}, 'package.json': { name: 'x', mpmetrics: {} } } },
    /both have settings/,
  ],
  'a file that is missing': [
    { environment: { MPMETRICS_CONFIG: 'missing.json' } },
    /MPMETRICS_CONFIG names .*missing\.json, which does not exist/,
  ],
  'a file of another kind': [
    { environment: { MPMETRICS_CONFIG: 'service.cjs' } },
    /must end in \.json or \.mjs/,
  ],
  'a module that throws': [
    { files: { 'mpmetrics.config.mjs': `throw new Error('not today');` } },
    /config\.mjs cannot be loaded: not today/,
  ],
  'a module with --require': [
    { files: { 'mpmetrics.config.mjs': 'export default {};' }, preload: '--require' },
    /start with --import mpmetrics\/auto/,
  ],
  'a certificate without a key': [
    { environment: { MPMETRICS_TLS_CERT: pem('server') } },
    /MPMETRICS_TLS_CERT and MPMETRICS_TLS_KEY must both be set/,
  ],
  'an authority without a certificate': [
    { environment: { MPMETRICS_TLS_CA: pem('ca') } },
    /MPMETRICS_TLS_CERT and MPMETRICS_TLS_KEY must both be set/,
  ],
  'a certificate that is missing': [
    { environment: { MPMETRICS_TLS_CERT: 'missing.pem', MPMETRICS_TLS_KEY: pem('server-key') } },
    /cannot be read \("cert": ENOENT\)/,
  ],
  'the key of another certificate': [
    { environment: { MPMETRICS_TLS_CERT: pem('server'), MPMETRICS_TLS_KEY: pem('client-key') } },
    /cannot be used: .*mismatch/,
  ],
  'an authority that is no certificate': [
    { environment: { ...CERTIFICATE, MPMETRICS_TLS_CA: pem('server-key') } },
    /cannot be used/,
  ],
  'a certificate for a path of the application': [
    { environment: { ...CERTIFICATE, MPMETRICS_PORT: 'application' } },
    /MPMETRICS_TLS_CERT has no effect on the application's own servers/,
  ],
  'a username without a password': [
    { environment: { MPMETRICS_USERNAME: 'prometheus' } },
    /must have both a username and a password, or neither/,
  ],
  'a username with a colon': [
    { environment: { MPMETRICS_USERNAME: 'a:b', MPMETRICS_PASSWORD: 'secret' } },
    /must have a username without a colon/,
  ],
  'a token that no client can send': [
    { environment: { MPMETRICS_BEARER_TOKEN: 'se cret' } },
    /must have a token of letters/,
  ],
  'a password that is no text': [
    { files: { 'mpmetrics.config.json': { username: 'a', password: ['secret'] } } },
    /"password" is wrong, and must be a text/,
  ],
  'a variable with a slip in its name': [
    { environment: { MPMETRICS_PROT: '1' } },
    /MPMETRICS_PROT in the environment is no setting: the closest one is MPMETRICS_PORT/,
  ],
})) {
  test(`refused at start: ${what}`, async (t) => {
    const said = await refusal(t, given);
    t.regex(said, words);
    t.notRegex(said, /se ?cret/);
  });
}

test('one error names all wrong settings', async (t) => {
  const said = await refusal(t, {
    environment: { MPMETRICS_PORT: 'x', MPMETRICS_PATH: 'y' },
    files: { 'mpmetrics.config.json': { labels: 1, other: 2 } },
  });
  t.regex(said, /4 settings are wrong/);
  for (const word of ['MPMETRICS_PORT', 'MPMETRICS_PATH', '"labels"', '"other"']) {
    t.true(said.includes(word), word);
  }
});

test('variables of a Kubernetes service of that name are ignored', async (t) => {
  const application = await start(t, {
    environment: { MPMETRICS_SERVICE_HOST: '10.0.0.1', MPMETRICS_PORT_9464_TCP_ADDR: '10.0.0.1' },
  });
  t.is(application.errors, '');
});
