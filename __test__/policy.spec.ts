// The settings of an operator have precedence over the code of metrics.

import test from 'ava';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, Summary } from '../index';
import { setMetricPolicy, type MetricPolicy } from '../src/metrics/policy';
import { run } from './support/run';

function withPolicy(policy: Partial<MetricPolicy>, act: () => void): void {
  setMetricPolicy({
    isLeftOut: () => false,
    buckets: () => undefined,
    isNative: () => false,
    ...policy,
  });
  try {
    act();
  } finally {
    setMetricPolicy(undefined);
  }
}

test.serial('a family that is left out accepts every call, and shows nothing', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  let collected = 0;
  withPolicy({ isLeftOut: (name) => name.startsWith('gone_') }, () => {
    const labelNames = ['a'];
    const counter = new Counter({ name: 'gone_total', help: 'x', labelNames, registers });
    const gauge = new Gauge({
      name: 'gone_gauge',
      help: 'x',
      registers,
      collect: () => {
        collected += 1;
      },
    });
    const histogram = new Histogram({ name: 'gone_seconds', help: 'x', labelNames, registers });
    const summary = new Summary({ name: 'gone_summary', help: 'x', registers });
    counter.inc({ a: 'x' });
    counter.labels('x').inc(2);
    gauge.set(5);
    gauge.inc();
    histogram.observe({ a: 'x' }, 1);
    histogram.startTimer({ a: 'x' })();
    histogram.zero({ a: 'y' });
    summary.observe(1);
    counter.remove({ a: 'x' });
    counter.reset();
    new Counter({ name: 'kept_total', help: 'x', registers }).inc();
  });
  t.is(await registry.metrics(), '# HELP kept_total x\n# TYPE kept_total counter\nkept_total 1\n');
  t.deepEqual(
    (await registry.getMetricsAsJSON()).map(({ name }) => name),
    ['kept_total'],
  );
  t.is(collected, 0);
  t.truthy(registry.getSingleMetric('gone_total'));
});

test.serial('a family that is left out keeps no series', (t) => {
  withPolicy({ isLeftOut: () => true }, () => {
    const counter = new Counter({ name: 'gone_total', help: 'x', labelNames: ['a'] });
    for (let number = 0; number < 1000; number += 1) counter.inc({ a: number });
    t.deepEqual(counter.hashMap, {});
  });
});

test.serial('a label that was not declared is refused, left out or not', (t) => {
  withPolicy({ isLeftOut: () => true }, () => {
    const counter = new Counter({ name: 'strict_total', help: 'x', labelNames: ['a'] });
    t.throws(() => counter.inc({ b: 1 } as never), { message: /"b" is not included/ });
  });
});

test.serial('bounds of the policy replace those in the code', async (t) => {
  const registers = [new Registry()];
  withPolicy({ buckets: (name) => (name === 'tuned_seconds' ? [1, 2] : undefined) }, () => {
    const configuration = { name: 'tuned_seconds', help: 'x', buckets: [5], registers };
    const tuned = new Histogram(configuration);
    t.deepEqual(tuned.upperBounds, [1, 2]);
    t.is(Histogram.getOrCreate(configuration), tuned);
    t.deepEqual(new Histogram({ ...configuration, name: 'other_seconds' }).upperBounds, [5]);
  });
});

test.serial('MPMETRICS_EXCLUDE holds without mpmetrics/auto', async (t) => {
  const { stdout } = await run(
    `client.collectDefaultMetrics();
    new client.Counter({ name: 'orders_total', help: 'x' }).inc();
    new client.Counter({ name: 'orders_failed_total', help: 'x' }).inc();
    console.log(await client.register.metrics());
    process.exit();`,
    { MPMETRICS_EXCLUDE: 'nodejs_*, orders_failed_total' },
  );
  t.regex(stdout, /^orders_total 1$/m);
  t.regex(stdout, /^process_cpu_seconds_total /m);
  t.notRegex(stdout, /nodejs_|orders_failed/);
});

test.serial('a group of default metrics works without its first metric', async (t) => {
  const register = new Registry();
  withPolicy({ isLeftOut: (name) => name === 'nodejs_heap_size_total_bytes' }, () => {
    collectDefaultMetrics({ register });
  });
  const text = await register.metrics();
  t.notRegex(text, /nodejs_heap_size_total_bytes/);
  t.regex(text, /^nodejs_heap_size_used_bytes [1-9]/m);
});

test.serial('a group of default metrics that is left out measures nothing', (t) => {
  const register = new Registry();
  withPolicy({ isLeftOut: (name) => name.startsWith('nodejs_eventloop_lag') }, () => {
    collectDefaultMetrics({ register });
  });
  t.is(register.getSingleMetric('nodejs_eventloop_lag_seconds'), undefined);
  t.truthy(register.getSingleMetric('nodejs_version_info'));
});
