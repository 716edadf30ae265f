// Registries for clusters: one text for several processes, and aggregation of JSON.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import {
  aggregators,
  AggregatorFactory,
  AggregatorRegistry,
  ClusterRegistry,
  Counter,
  openMetricsContentType,
  prometheusContentType,
  Registry,
  WorkerRegistry,
} from '../index';

const dist = createRequire(import.meta.url).resolve('../dist/index.js');

test('any process shows all of them, the primary included', async (t) => {
  const cluster = await start(t);
  await cluster.do({ act: 'inc', given: ['primary', 1] });
  for (const to of [0, 1, 2]) await cluster.do({ to, act: 'inc', given: ['worker', 10] });
  for (const from of [undefined, 0, 2]) {
    const text = await cluster.scrape(from);
    t.regex(text, /^requests_total\{who="primary"\} 1$/m);
    t.regex(text, /^requests_total\{who="worker"\} 30$/m);
  }
  const threads = await cluster.do({ act: 'threads' });
  t.regex(threads as string, /^requests_total\{who="worker"\} 30$/m);
});

test('a scrape succeeds while all workers are blocked', async (t) => {
  const cluster = await start(t);
  for (const to of [0, 1, 2]) await cluster.do({ to, act: 'observe', given: [0.5] });
  for (const to of [0, 1, 2]) await cluster.do({ to, act: 'block' });
  // The workers stay blocked, so a scrape that waited for one of them would never end.
  t.regex(await cluster.scrape(), /^seconds_count 3$/m);
});

test('the counts of a killed worker stay', async (t) => {
  const cluster = await start(t);
  for (const to of [0, 1, 2]) {
    await cluster.do({ to, act: 'inc', given: ['worker', 10] });
    await cluster.do({ to, act: 'observe', given: [1] });
  }
  await cluster.do({ kill: 1 });
  const text = await cluster.scrape(0);
  t.regex(text, /^requests_total\{who="worker"\} 30$/m);
  t.regex(text, /^seconds_count 3$/m);
});

test('each aggregator is correct with idle and dead writers', async (t) => {
  const cluster = await start(t);
  for (const name of ['sum', 'min', 'max', 'average', 'first', 'shared', 'all', 'started']) {
    // The third worker is idle, and the second one will be dead.
    for (const [to, value] of [3, 100].entries())
      await cluster.do({ to, act: 'set', given: [name, value] });
    await cluster.do({ act: 'set', given: [name, 5] });
  }
  await cluster.do({ kill: 1 });
  const text = await cluster.scrape();
  const values = [...text.matchAll(/^g_(\w+) (.*)$/gm)].map(([, name, value]) => [name, value]);
  t.deepEqual(Object.fromEntries(values), {
    sum: '8',
    min: '3',
    max: '5',
    average: '4',
    first: '5',
    shared: '5',
  });
  const each = [...text.matchAll(/^g_all\{pid="\d+"\} (.*)$/gm)].map(([, value]) => value);
  t.deepEqual(each.toSorted(), ['3', '5']);
  t.notRegex(text, /started/, 'it is omitted');
});

test('the median of three workers that all measured 1 is 1', async (t) => {
  const cluster = await start(t);
  for (const to of [0, 1, 2]) await cluster.do({ to, act: 'measure', given: [1] });
  await cluster.do({ kill: 1 });
  const text = await cluster.scrape();
  t.regex(text, /^size\{quantile="0.5"\} 1$/m);
  t.regex(text, /^size_count 3$/m);
});

test('a choice of registries by one process applies to all', async (t) => {
  const cluster = await start(t);
  await cluster.do({ to: 0, act: 'inc', given: ['worker', 1] });
  for (const to of [0, 1]) await cluster.do({ to, act: 'choose' });
  for (const from of [undefined, 1]) {
    const text = await cluster.scrape(from);
    t.regex(text, /^chosen_total 4$/m);
    t.notRegex(text, /requests_total/);
  }
});

test('metrics in two chosen registries are merged', async (t) => {
  const cluster = await start(t);
  for (const to of [0, 1]) await cluster.do({ to, act: 'chooseBoth' });
  for (const from of [undefined, 1]) {
    const text = await cluster.scrape(from);
    t.deepEqual(text.match(/^chosen_total.*$/gm), [
      'chosen_total 10',
      'chosen_total{more="labels"} 10',
    ]);
    t.is(text.match(/^# TYPE chosen_total/gm)?.length, 1);
  }
});

test('a new choice of registries replaces the earlier one', async (t) => {
  const cluster = await start(t);
  const chosen = async (): Promise<string[] | null> =>
    (await cluster.scrape(2)).match(/^chosen_total.*$/gm);
  await cluster.do({ to: 0, act: 'inc', given: ['worker', 1] });
  for (const to of [0, 1]) await cluster.do({ to, act: 'choose' });
  await cluster.do({ to: 0, act: 'chooseGlobal' });
  t.deepEqual(await chosen(), ['chosen_total 4'], 'another process has chosen it still');
  t.regex(await cluster.scrape(0), /^requests_total\{who="worker"\} 1$/m);
  // A registry at the same place of the list, but another one.
  await cluster.do({ to: 1, act: 'chooseAnother' });
  t.deepEqual(await chosen(), ['chosen_total{more="alone"} 7']);
  await cluster.do({ to: 0, act: 'choose' });
  t.deepEqual(await chosen(), ['chosen_total{more="alone"} 7', 'chosen_total 6']);
  await cluster.do({ to: 1, act: 'chooseGlobal' });
  await cluster.do({ to: 0, act: 'chooseGlobal' });
  const text = await cluster.scrape();
  t.regex(text, /^requests_total\{who="worker"\} 1$/m);
  t.notRegex(text, /chosen_total/);
});

test('JSON from each process contains everything, and is counted once', async (t) => {
  const cluster = await start(t);
  for (const to of [0, 1, 2]) await cluster.do({ to, act: 'inc', given: ['worker', 10] });
  const lists = [];
  for (const to of [0, 1, 2]) lists.push((await cluster.do({ to, act: 'json' })) as object[]);
  const text = await AggregatorRegistry.aggregate(lists).metrics();
  t.regex(text, /^requests_total\{who="worker"\} 30$/m);
});

test('shutdown() waits only for running scrapes', async (t) => {
  const registry = new AggregatorRegistry();
  const answer = registry.clusterMetrics();
  await registry.shutdown();
  t.is(typeof (await answer), 'string');
  await registry.shutdown();
});

test('only registries can be chosen', (t) => {
  for (const wrong of [{}, 'default', [new Registry(), 1]]) {
    t.throws(() => AggregatorRegistry.setRegistries(wrong as never), {
      instanceOf: TypeError,
      message: /^Expected Registry, got /,
    });
  }
});

test('one class has three names', (t) => {
  t.is(ClusterRegistry, AggregatorRegistry);
  t.true(new WorkerRegistry() instanceof AggregatorRegistry);
  t.true(new AggregatorRegistry() instanceof Registry);
  t.true(new WorkerRegistry().primary);
  t.is(new AggregatorRegistry(openMetricsContentType).contentType, openMetricsContentType);
  t.throws(() => new AggregatorRegistry('text/html' as never), { instanceOf: TypeError });
});

test('registries that were sent as JSON are aggregated into one', async (t) => {
  const jsons = [1, 2].map(async (value) => {
    const registry = new Registry();
    new Counter({ name: 'foo_total', help: 'foo', labelNames: ['x'], registers: [registry] }).inc(
      { x: 'y' },
      value,
    );
    return JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())) as object[];
  });
  const lists = await Promise.all(jsons);
  const text = (name: string): string =>
    `# HELP ${name} foo\n# TYPE ${name} counter\nfoo_total{x="y"} 3\n`;
  t.is(await AggregatorRegistry.aggregate(lists).metrics(), text('foo_total'));
  t.is(await Registry.aggregate(lists, prometheusContentType).metrics(), text('foo_total'));
  const open = AggregatorRegistry.aggregate(lists, openMetricsContentType);
  t.is(await open.metrics(), `${text('foo')}# EOF\n`);
  t.deepEqual(Object.keys(aggregators).toSorted(), [
    'average',
    'first',
    'max',
    'min',
    'omit',
    'sum',
  ]);
  const last = AggregatorFactory((values) => values.at(-1)?.value ?? 0);
  const metric = { help: 'h', name: 'n', type: 'gauge', aggregator: 'sum' } as const;
  const of = (value: number) => ({ ...metric, values: [{ value, labels: {} }] });
  t.is(last([of(1), of(2)])?.values[0]?.value, 2);
});

test('metrics can be selected by their aggregator', async (t) => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'a_total', help: 'a', registers });
  new Counter({ name: 'b_total', help: 'b', aggregator: 'max', registers });
  t.deepEqual(
    (await registry.getMetricsAsJSON('sum')).map(({ name }) => name),
    ['a_total'],
  );
  t.deepEqual(
    registry.getMetricsAsArray('max').map(({ name }) => name),
    ['b_total'],
  );
});

interface Order {
  /** The worker with this number, or the primary without a number. */
  to?: number;
  act?: string;
  given?: unknown[];
  kill?: number;
}

interface Cluster {
  do(order: Order): Promise<unknown>;
  scrape(from?: number): Promise<string>;
}

/** A cluster of three workers that obey the spec. */
async function start(t: ExecutionContext): Promise<Cluster> {
  const { MPMETRICS, ...env } = process.env;
  const child: ChildProcess = spawn(process.execPath, ['__test__/cluster/program.cjs'], {
    env: {
      ...env,
      MPMETRICS_UNDER_TEST: dist,
      MPMETRICS_NAME: `cluster-${process.pid}-${heaps++}`,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(async () => {
    child.stdin!.end();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async (done: string): Promise<unknown> => {
    const { value } = await lines.next();
    const answer = JSON.parse(value as string) as { done: string; result?: unknown };
    if (answer.done !== done) throw new Error(`${answer.done} in place of ${done}`);
    return answer.result;
  };
  for (let worker = 0; worker < 3; worker += 1) await next('start');
  const cluster: Cluster = {
    do: async (order) => {
      child.stdin!.write(`${JSON.stringify(order)}\n`);
      return next(order.act ?? 'kill');
    },
    scrape: async (to) =>
      (await cluster.do({ act: 'scrape', ...(to !== undefined && { to }) })) as string,
  };
  return cluster;
}

let heaps = 0;
