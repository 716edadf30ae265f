// Infos, as users meet them.

import test from 'ava';
import { Info, Registry, type InfoConfiguration } from '../index';
import { valuesOf } from './support/metrics';

function info<T extends string>(given: Partial<InfoConfiguration<T>> = {}): Info<T> {
  return new Info<T>({ name: 'build', help: 'A build', registers: [new Registry()], ...given });
}

test('an info shows its last value, and nothing before the first', async (t) => {
  const registry = new Registry();
  const metric = info({ registers: [registry] });
  t.is(await registry.metrics(), '# HELP build_info A build\n# TYPE build_info gauge\n');
  metric.info({ version: '1.4.0', commit: 'f00"ba4' });
  metric.info({ version: '1.5.0' });
  t.is(
    await registry.metrics(),
    '# HELP build_info A build\n# TYPE build_info gauge\nbuild_info{version="1.5.0"} 1\n',
  );
  t.deepEqual(await metric.get(), {
    help: 'A build',
    name: 'build',
    type: 'gauge',
    values: [{ value: 1, labels: { version: '1.5.0' }, metricName: 'build_info' }],
    aggregator: 'first',
  } as never);
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  t.is(
    await registry.metrics(),
    '# HELP build A build\n# TYPE build info\nbuild_info{version="1.5.0"} 1\n# EOF\n',
  );
});

test('each label set has its own value, for every form of arguments', async (t) => {
  const metric = info({ labelNames: ['zone', 'host'] });
  metric.info({ zone: 'a', host: 1 }, { os: 'linux', cores: 4, spot: true });
  metric.labels('b', '2').info({ os: 'linux' });
  metric.labels({ zone: 'b', host: 2 }).info({ os: 'darwin' });
  t.deepEqual(
    (await valuesOf(metric)).map(({ labels }) => labels),
    [
      { zone: 'a', host: 1, os: 'linux', cores: '4', spot: 'true' },
      { zone: 'b', host: '2', os: 'darwin' },
    ],
  );
  metric.remove('a', '1');
  t.is((await valuesOf(metric)).length, 1);
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);
  metric.info({ zone: 'a', host: 1 }, { os: 'again' });
  t.is((await valuesOf(metric)).length, 1);
});

test('reset() and remove() remove the value, and it can be set again', async (t) => {
  const metric = info();
  metric.info({ version: '1' });
  metric.reset();
  t.deepEqual(await valuesOf(metric), []);
  metric.info({ version: '2' });
  metric.remove({});
  t.deepEqual(await valuesOf(metric), []);
  metric.info({ version: '2' });
  t.is((await valuesOf(metric))[0]?.labels['version'], '2');
});

test('the same labels in another order are the same series', async (t) => {
  const metric = info();
  metric.info({ a: 'x', b: 'y' });
  metric.info({ b: 'y', a: 'x' });
  t.is((await valuesOf(metric)).length, 1);
});

test('the last value counts, even if the clock goes back', async (t) => {
  const metric = info();
  const { now } = Date;
  try {
    metric.info({ version: '1' });
    Date.now = () => 1_000_000_000_000;
    metric.info({ version: '2' });
  } finally {
    Date.now = now;
  }
  t.deepEqual(
    (await valuesOf(metric)).map(({ labels }) => labels['version']),
    ['2'],
  );
});

test('invalid arguments are refused', (t) => {
  const metric = info({ labelNames: ['zone'] });
  for (const given of [undefined, null, 'text', 3]) {
    t.throws(() => metric.info(given as never), { instanceOf: TypeError });
  }
  t.throws(() => metric.info({ zone: 'a' }, { 'not-a-label': 'x' }), {
    message: 'Invalid label name',
    code: 'MPMETRICS_INVALID_LABEL',
  });
  t.throws(() => metric.info({ zone: 'a' }, { zone: 'b' }), {
    message: '"zone" is in labelNames, so it can\'t be set as a value',
  });
  t.throws(() => metric.info({ other: 'a' } as never, { os: 'x' }), {
    message: 'Added label "other" is not included in initial labelset: [ \'zone\' ]',
  });
  t.throws(() => metric.labels('a', 'b'), { message: /^Invalid number of arguments/ });
  t.throws(() => new Info(undefined as never), {
    message: 'constructor expected a config object',
  });
});

test('the value stays when default labels change, and when the info changes registries', async (t) => {
  const registry = new Registry();
  const metric = info({ registers: [] });
  metric.info({ version: 3 });
  t.deepEqual((await valuesOf(metric))[0]?.labels, { version: '3' });
  registry.registerMetric(metric);
  registry.setDefaultLabels({ app: 'shop' });
  t.true((await registry.metrics()).endsWith('\nbuild_info{version="3",app="shop"} 1\n'));
  t.deepEqual((await valuesOf(metric))[0]?.labels, { version: '3' });
  registry.clear();
  t.is(await registry.metrics(), '\n');
  t.deepEqual((await valuesOf(metric))[0]?.labels, { version: '3' });
});

test('getOrCreate() returns the same info', (t) => {
  const options = { name: 'once', help: 'Once', labelNames: ['a'], registers: [new Registry()] };
  t.is(Info.getOrCreate(options), Info.getOrCreate({ ...options, help: 'Twice' }) as never);
  t.throws(() => Info.getOrCreate({ ...options, labelNames: ['b'] }), {
    message: 'A metric with the name once has already been registered with other labelNames.',
  });
});
