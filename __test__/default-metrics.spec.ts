// The default metrics: their names, their values, and their totals over several processes and threads.
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type * as PromClient from 'prom-client';
import test from 'ava';
import { collectDefaultMetrics, Registry } from '../index';

let programs = 0;
const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-default-metrics-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const dist = createRequire(import.meta.url).resolve('../dist/index.js');

/** The default metrics of prom-client on Linux, with the aggregator of each family. */
const FAMILIES: Record<string, string> = {
  process_cpu_user_seconds_total: 'sum',
  process_cpu_system_seconds_total: 'sum',
  process_cpu_seconds_total: 'sum',
  process_start_time_seconds: 'omit',
  process_resident_memory_bytes: 'sum',
  process_virtual_memory_bytes: 'sum',
  process_heap_bytes: 'sum',
  process_open_fds: 'sum',
  process_max_fds: 'sum',
  nodejs_eventloop_lag_seconds: 'average',
  nodejs_eventloop_lag_min_seconds: 'min',
  nodejs_eventloop_lag_max_seconds: 'max',
  nodejs_eventloop_lag_mean_seconds: 'average',
  nodejs_eventloop_lag_stddev_seconds: 'average',
  nodejs_eventloop_lag_p50_seconds: 'average',
  nodejs_eventloop_lag_p90_seconds: 'average',
  nodejs_eventloop_lag_p99_seconds: 'average',
  nodejs_active_resources: 'sum',
  nodejs_active_resources_total: 'sum',
  nodejs_active_handles: 'sum',
  nodejs_active_handles_total: 'sum',
  nodejs_active_requests: 'sum',
  nodejs_active_requests_total: 'sum',
  nodejs_heap_size_total_bytes: 'sum',
  nodejs_heap_size_used_bytes: 'sum',
  nodejs_external_memory_bytes: 'sum',
  nodejs_heap_space_size_total_bytes: 'sum',
  nodejs_heap_space_size_used_bytes: 'sum',
  nodejs_heap_space_size_available_bytes: 'sum',
  nodejs_version_info: 'first',
  nodejs_gc_duration_seconds: 'sum',
};
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('they are prom-client’s families, help texts, types and aggregators', async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = await registry.getMetricsAsJSON();
  t.deepEqual(
    Object.fromEntries(metrics.map(({ name, aggregator }) => [name, aggregator])),
    FAMILIES,
  );
  const client = createRequire(import.meta.url)('prom-client') as typeof PromClient;
  const theirs = new client.Registry();
  client.collectDefaultMetrics({ register: theirs });
  const about = (list: { name: string; help: string; type: unknown }[]): unknown =>
    list.map(({ name, help, type }) => ({ name, help, type }));
  t.deepEqual(about(metrics), about(await theirs.getMetricsAsJSON()));
  t.deepEqual(collectDefaultMetrics.metricsList, client.collectDefaultMetrics.metricsList);
});

test('all families have the prefix and the labels', async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'shop_', labels: { zone: 'eu' } });
  for (const { name, values } of await registry.getMetricsAsJSON()) {
    t.true(name.startsWith('shop_'), name);
    for (const { labels } of values) t.is(labels['zone'], 'eu', name);
  }
});

test('only objects are accepted as options, or null and undefined', (t) => {
  for (const wrong of ['all', 1, true]) {
    t.throws(() => collectDefaultMetrics(wrong as never), {
      instanceOf: TypeError,
      message: 'config must be null, undefined, or an object',
    });
  }
  collectDefaultMetrics(null);
  t.throws(() => collectDefaultMetrics(), { message: /has already been registered/ });
});

test('values are current', async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const first = await valueOf(registry, 'process_cpu_seconds_total');
  const used = process.cpuUsage();
  let longest = 0;
  // Each delay is reported once, and perhaps to another test of this file.
  for (let round = 0; round < 20 && longest < 0.05; round += 1) {
    while (process.cpuUsage(used).user < 100_000 * (round + 1));
    await new Promise((resolve) => setTimeout(resolve, 50));
    longest = await valueOf(registry, 'nodejs_eventloop_lag_max_seconds');
  }
  t.true(longest >= 0.05);
  t.true((await valueOf(registry, 'process_cpu_seconds_total')) >= first + 0.05);
  t.true((await valueOf(registry, 'nodejs_heap_size_used_bytes')) > 1e6);
});

test('all garbage collections of a batch are recorded', async (t) => {
  const { stdout } = await node(`
    const { collectDefaultMetrics, register } = require(${JSON.stringify(dist)});
    collectDefaultMetrics({ gcDurationBuckets: [0.5, 1] });
    for (let count = 0; count < 5; count += 1) gc();
    const look = async () => {
      const text = await register.getSingleMetricAsString('nodejs_gc_duration_seconds');
      if (/_count\\{kind="major"\\} ([5-9]|\\d\\d)/.test(text)) console.log(text);
      else setTimeout(look, 10);
    };
    look();
  `);
  t.regex(stdout, /_bucket\{le="0.5",kind="major"\}/);
});

test('the default metrics keep no process alive', async (t) => {
  await node(
    `require(${JSON.stringify(dist)}).collectDefaultMetrics({ eventLoopUtilization: true })`,
  );
  t.pass('it has ended');
});

test('the utilization of the event loop is shown on request', async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({
    register: registry,
    eventLoopUtilizationTimeout: 10,
    eventLoopUtilizationBuckets: [0.5, 1],
    eventLoopUtilizationPercentiles: [0.5],
  });
  let text = '';
  while (!(Number(/^nodejs_eventloop_utilization_histogram_count (\d+)$/m.exec(text)?.[1]) > 2)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    text = await registry.metrics();
  }
  t.regex(text, /^nodejs_eventloop_utilization_summary\{quantile="0.5"\} [\d.e-]+$/m);
});

test('with perProcess each process has its own gauges', async (t) => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, perProcess: true });
  const text = await registry.metrics();
  t.regex(text, new RegExp(`^nodejs_heap_size_used_bytes\\{pid="${process.pid}"\\} \\d+$`, 'm'));
  t.regex(text, new RegExp(`^process_start_time_seconds\\{pid="${process.pid}"\\} \\d+$`, 'm'));
  t.regex(text, /^process_cpu_seconds_total [\d.]+$/m);
  t.throws(() => collectDefaultMetrics({ perProcess: true, labels: { pid: 1 }, prefix: 'x_' }), {
    instanceOf: TypeError,
  });
});

test('processes are added up, and their CPU time stays when they end', async (t) => {
  const program = `
    const { collectDefaultMetrics, register } = require(${JSON.stringify(dist)});
    collectDefaultMetrics();
    const begun = process.cpuUsage();
    while (process.cpuUsage(begun).user < 500_000);
    process.on('message', async () => process.send(await register.metrics()));
    process.send('ready');
  `;
  const MPMETRICS_NAME = `default-metrics-${process.pid}`;
  const children = [start(program, { MPMETRICS_NAME }), start(program, { MPMETRICS_NAME })];
  t.teardown(() => children.forEach((child) => child.kill('SIGKILL')));
  await Promise.all(children.map(async (child) => once(child, 'message')));
  const [first, second] = children as [ChildProcess, ChildProcess];
  // Each process measured at its start. The second one has worked since, and reports this when it is asked.
  await ask(second);
  const both = await ask(first);
  const number = (text: string, name: string): number =>
    Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)![1]);
  const alone = number(both, 'process_resident_memory_bytes');
  t.true(number(both, 'process_cpu_seconds_total') > 0.3, both);
  t.regex(both, /^nodejs_version_info\{.*\} 1$/m);
  t.notRegex(both, /^process_start_time_seconds/m, 'it is omitted: there are two');
  second.kill('SIGKILL');
  await once(second, 'exit');
  const after = await ask(first);
  t.true(number(after, 'process_cpu_seconds_total') >= number(both, 'process_cpu_seconds_total'));
  t.true(number(after, 'process_resident_memory_bytes') < alone * 0.8, 'it takes no part any more');
  t.regex(after, /^process_start_time_seconds \d+$/m);
  first.kill();
  await once(first, 'exit');
});

test('threads of a process count its memory once', async (t) => {
  const { stdout } = await node(
    `
    const { Worker, isMainThread } = require('worker_threads');
    const { collectDefaultMetrics, register } = require(${JSON.stringify(dist)});
    collectDefaultMetrics();
    if (isMainThread) {
      const workers = [new Worker(__filename), new Worker(__filename)];
      let ready = 0;
      for (const worker of workers) worker.on('message', async () => {
        ready += 1;
        if (ready < workers.length) return;
        const text = await register.metrics();
        const value = (name) => Number(new RegExp('^' + name + ' (.*)$', 'm').exec(text)[1]);
        const { rss } = process.memoryUsage();
        console.log(JSON.stringify({
          memory: value('process_resident_memory_bytes') / rss,
          heap: value('nodejs_heap_size_total_bytes') / process.memoryUsage().heapTotal,
        }));
        process.exit();
      });
    } else {
      setTimeout(async () => {
        await register.metrics();
        const { parentPort } = require('worker_threads');
        parentPort.postMessage('ready');
        parentPort.on('message', () => {});
      }, 200);
    }
  `,
  );
  const { memory, heap } = JSON.parse(stdout) as { memory: number; heap: number };
  t.true(memory > 0.5 && memory < 1.5, `${memory} times the memory of the process`);
  t.true(heap > 1.3, `${heap} times the heap of the main thread`);
});

async function valueOf(registry: Registry, name: string): Promise<number> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.find((metric) => metric.name === name)!.values[0]!.value;
}

async function node(program: string): Promise<{ stdout: string }> {
  return promisify(execFile)(process.execPath, ['--expose-gc', fileOf(program)], { env: env() });
}

function start(program: string, environment: Record<string, string>): ChildProcess {
  return fork(fileOf(program), { env: { ...env(), ...environment } });
}

function fileOf(program: string): string {
  programs += 1;
  const file = join(folder, `program-${programs}.cjs`);
  writeFileSync(file, program);
  return file;
}

/** Without the variables that separate the heaps of specs. */
function env(): NodeJS.ProcessEnv {
  const { MPMETRICS, ...rest } = process.env;
  return rest;
}

async function ask(child: ChildProcess): Promise<string> {
  child.send('metrics');
  const [text] = await once(child, 'message');
  return text as string;
}
