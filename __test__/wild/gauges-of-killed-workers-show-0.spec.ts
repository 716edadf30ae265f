// "Two workers set a gauge to 4 and are killed. The page of the primary shows 0, for `max` and `min` too."
//
// A gauge without labels goes with its last process, like one with labels. A live process that has it shows 0, as in prom-client.

import test from 'ava';
import { program, until } from './support/program';

const AGGREGATORS = ['sum', 'max', 'min', 'average', 'first', 'all', 'omit', 'shared'];

const PROGRAM = `
import cluster from 'node:cluster';
import { Gauge, register } from 'mpmetrics';
const gauges = () => ${JSON.stringify(AGGREGATORS)}.map(
  (aggregator) => new Gauge({ name: 'g_' + aggregator, help: 'H', aggregator }));
const by = () => [new Gauge({ name: 'by', help: 'H', labelNames: ['x'] }), new Gauge({ name: 'plain', help: 'H' })];
const read = async () => (await register.metrics()).split('\\n').filter((line) => line && !line.startsWith('#'))
  .map((line) => line.replace(/pid="\\d+"/, 'pid'));
if (cluster.isWorker) {
  const all = gauges();
  const [labelled, plain] = by();
  process.on('message', () => {
    for (const gauge of [...all, plain]) gauge.set(4);
    labelled.set({ x: 'a' }, 4);
    process.send('set');
  });
  process.send('there');
} else {
  const said = (worker, word) => new Promise((resolve) => worker.on('message', (message) => message === word && resolve()));
  const workers = [cluster.fork(), cluster.fork()];
  await Promise.all(workers.map((worker) => said(worker, 'there')));
  console.log('declared ' + JSON.stringify(await read()));
  const set = Promise.all(workers.map((worker) => said(worker, 'set')));
  for (const worker of workers) worker.send('set');
  await set;
  console.log('set ' + JSON.stringify(await read()));
  for (const worker of workers) worker.process.kill('SIGKILL');
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('exit', resolve))));
  console.log('gone ' + JSON.stringify(await read()));
  const next = cluster.fork();
  await said(next, 'there');
  console.log('again ' + JSON.stringify(await read()));
  next.process.kill('SIGKILL');
  await new Promise((resolve) => next.on('exit', resolve));
  gauges();
  by();
  console.log('own ' + JSON.stringify(await read()));
  process.exit();
}`;

for (const tier of ['', 'native']) {
  test(`two workers that are killed${tier && ', natively'}`, async (t) => {
    const run = program(t, PROGRAM, { environment: tier ? { MPMETRICS_TIER: tier } : {} });
    const lines = async (stage: string): Promise<string[]> =>
      until(async () => JSON.parse((await run.line(new RegExp(`^${stage} (.*)$`, 'm')))[1]!));
    const shown = AGGREGATORS.filter((aggregator) => aggregator !== 'all' && aggregator !== 'omit');
    const zeros = [...shown.map((name) => `g_${name} 0`), 'plain 0'];
    const without = (all: string[]): string[] =>
      all.filter((line) => !/^g_(?:all|omit)/.test(line));
    t.deepEqual(without(await lines('declared')), zeros);
    t.deepEqual(
      without(await lines('set')).filter((line) => !line.startsWith('by')),
      ['g_sum 8', ...shown.slice(1).map((name) => `g_${name} 4`), 'plain 8'],
    );
    t.deepEqual(await lines('gone'), ['g_shared 4']);
    const kept = zeros.map((line) => (line === 'g_shared 0' ? 'g_shared 4' : line));
    t.deepEqual(without(await lines('again')), kept);
    t.deepEqual(without(await lines('own')), kept);
  });
}
