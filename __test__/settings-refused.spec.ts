// Wrong settings: each wrong form ends the process at its start, with one error.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { neutral } from './multiprocess/support/run';
import { pem } from './server/ask';
import { SERVICE, type StartOptions } from './settings/service';
import { LinkedProject } from './support/linked';

const CERTIFICATE = { MPMETRICS_TLS_CERT: pem('server'), MPMETRICS_TLS_KEY: pem('server-key') };

/** Wrong values of each variable, and the words that tell what they must be. */
const WRONG: Record<string, [words: RegExp, ...values: string[]]> = {
  MPMETRICS_PORT: [
    /whole number from 0 to 65535/,
    'abc',
    '-1',
    '65536',
    '9464.5',
    'http://10.0.0.1:9464',
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
    'otel_metric_overflow=true',
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
  MPMETRICS_NATIVE_HISTOGRAMS: [/names of histograms/, 'a-b', 'a,,b', '**', 'a*b'],
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
  'a module whose value refers to itself': [
    {
      files: {
        'mpmetrics.config.mjs':
          'const labels = { zone: 1 }; labels.all = labels; export default { labels };',
      },
    },
    /"labels" is <ref \*1> \{ zone: 1, all: \[Circular \*1\] \}, and must be label names/,
  ],
  'a module whose value is a large integer': [
    { files: { 'mpmetrics.config.mjs': 'export default { seriesLimit: 5n };' } },
    /"seriesLimit" is 5n, and must be a whole number/,
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
