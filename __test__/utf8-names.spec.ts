// Names in UTF-8: allowed by registries that say so, and escaped for readers that know legacy names only.

import test from 'ava';
import {
  Counter,
  Enum,
  Gauge,
  Histogram,
  Info,
  Registry,
  startHttpServer,
  type RegistryOptions,
} from '../index';
import { ask } from './server/ask';

function utf8(): Registry {
  return new Registry({ name: `utf8-${Math.random()}`, nameValidation: 'utf8' });
}

test('the legacy rule is the default, with the errors of prom-client', (t) => {
  const registry = new Registry();
  t.is(registry.nameValidation, 'legacy');
  const registers = [registry];
  t.throws(() => new Gauge({ name: 'a.b', help: 'H', registers }), {
    message: 'Invalid metric name',
    code: 'MPMETRICS_INVALID_NAME',
  });
  t.throws(() => new Gauge({ name: 'a', help: 'H', labelNames: ['b.c'], registers }), {
    message: 'Invalid label name',
    code: 'MPMETRICS_INVALID_LABEL',
  });
  t.throws(() => registry.setDefaultLabels({ 'b.c': 1 }), { message: 'Invalid label name' });
  const options = { nameValidation: 'any' } as unknown as RegistryOptions;
  t.throws(() => new Registry(options), { code: 'MPMETRICS_BAD_ARGUMENT' });
});

test('names that are no text are refused in UTF-8, too', (t) => {
  const registers = [utf8()];
  for (const name of ['\uD800', 'a\uDC00b']) {
    t.throws(() => new Gauge({ name, help: 'H', registers }), { message: 'Invalid metric name' });
    const labelNames = [name];
    t.throws(() => new Gauge({ name: 'a', help: 'H', labelNames, registers }), {
      message: 'Invalid label name',
    });
  }
  const labelNames = [''];
  t.throws(() => new Gauge({ name: 'a', help: 'H', labelNames, registers }), {
    message: 'Invalid label name',
  });
});

test('a metric with such a name enters no legacy registry', (t) => {
  const [registry, legacy] = [utf8(), new Registry()];
  const gauge = new Gauge({ name: 'a.b', help: 'H', registers: [registry] });
  t.throws(() => legacy.registerMetric(gauge), { message: 'Invalid metric name' });
  t.throws(() => new Gauge({ name: 'c.d', help: 'H', registers: [registry, legacy] }), {
    message: 'Invalid metric name',
  });
  t.is(registry.getSingleMetric('c.d'), undefined);
  t.is(Registry.merge([registry, legacy]).nameValidation, 'utf8');
});

test('every reader gets the names in its own way, and data has them as they are', async (t) => {
  const registry = utf8();
  registry.setDefaultLabels({ 'my zone': 'a' });
  const registers = [registry];
  const counter = new Counter({
    name: 'http.requests_total',
    help: 'H',
    labelNames: ['error.message', 'code'],
    registers,
  });
  counter.inc({ 'error.message': 'x"\n', code: 200 }, 2);
  counter.inc({ 'error.message': 'x"\n', code: 200 });
  new Histogram({ name: 'größe', help: 'H', buckets: [1], registers }).observe(0.5);
  new Info({ name: 'build.info', help: 'H', registers }).info({ 'build.id': '1' });
  new Enum({ name: 'app.state', help: 'H', states: ['on'], registers }).state('on');
  t.is(
    await registry.metrics(),
    '# HELP http_requests_total H\n# TYPE http_requests_total counter\n' +
      'http_requests_total{error_message="x\\"\\n",code="200",my_zone="a"} 3\n\n' +
      '# HELP gr__e H\n# TYPE gr__e histogram\n' +
      'gr__e_bucket{le="1",my_zone="a"} 1\ngr__e_bucket{le="+Inf",my_zone="a"} 1\n' +
      'gr__e_sum{my_zone="a"} 0.5\ngr__e_count{my_zone="a"} 1\n\n' +
      '# HELP build_info H\n# TYPE build_info gauge\nbuild_info{build_id="1",my_zone="a"} 1\n\n' +
      '# HELP app_state H\n# TYPE app_state gauge\napp_state{my_zone="a",app_state="on"} 1\n',
  );
  const families = await registry.families();
  t.deepEqual(
    families.map(({ name, series }) => [name, series[0]?.labels]),
    [
      ['http.requests_total', { 'error.message': 'x"\n', code: '200', 'my zone': 'a' }],
      ['größe', { 'my zone': 'a' }],
      ['build.info', { 'build.id': '1', 'my zone': 'a' }],
      ['app.state', { 'my zone': 'a' }],
    ],
  );
  const [json] = await registry.getMetricsAsJSON();
  t.deepEqual(json?.values[0]?.labels as unknown, {
    'error.message': 'x"\n',
    code: 200,
    'my zone': 'a',
  });

  const server = await startHttpServer({ port: 0, registry, own: false, openMetrics: true });
  const page = async (accept: string): Promise<string> =>
    (await ask(server.url, { headers: { accept } })).body.toString();
  const text = 'text/plain;version=1.0.0;escaping=';
  t.true(
    (await page(`${text}allow-utf-8`)).startsWith(
      '# HELP "http.requests_total" H\n# TYPE "http.requests_total" counter\n' +
        '{"http.requests_total","error.message"="x\\"\\n",code="200","my zone"="a"} 3\n',
    ),
  );
  t.regex(
    await page(`${text}values`),
    /^U__http_2e_requests__total\{U__error_2e_message="x\\"\\n",code="200",U__my_20_zone="a"\} 3$/m,
  );
  t.regex(
    await page(`${text}dots`),
    /^http_dot_requests__total\{error_dot_message="x\\"\\n",code="200",my__zone="a"\} 3$/m,
  );
  t.regex(
    await page('application/openmetrics-text;version=1.0.0;escaping=allow-utf-8'),
    /^\{"http\.requests_total","error\.message"="x\\"\\n",code="200","my zone"="a"\} 3$/m,
  );
  t.regex(
    await page('application/openmetrics-text;version=2.0.0'),
    /^\{"größe","my zone"="a"\} \{count:1,sum:0\.5,bucket:\[1:1,\+Inf:1\]\} st@/m,
  );
  await server.close();
});

test('series with such labels are removed and reset', async (t) => {
  const registry = utf8();
  const counter = new Counter({
    name: 'a b',
    help: 'H',
    labelNames: ['c="d",'],
    registers: [registry],
  });
  counter.inc({ 'c="d",': '1' });
  counter.inc({ 'c="d",': '2' }, 5);
  counter.remove({ 'c="d",': '1' });
  t.deepEqual((await counter.get()).values, [{ labels: { 'c="d",': '2' }, value: 5 }]);
  registry.setDefaultLabels({ 'e f': 1 });
  counter.inc({ 'c="d",': '2' });
  t.regex(await registry.metrics(), /^a_b\{c__d__="2",e_f="1"\} 6$/m);
  counter.reset();
  t.deepEqual((await counter.get()).values, []);
});
