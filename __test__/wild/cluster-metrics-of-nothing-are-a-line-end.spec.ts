// "clusterMetrics() of a primary without workers and metrics gives a line end, where prom-client gives an empty text."
//
// Where nobody is asked prom-client answers with nothing at all. With workers, it is the text of an empty registry.

import test from 'ava';
import { createRequire } from 'node:module';
import { program } from './support/program';

const original = createRequire(import.meta.url).resolve('prom-client');

const steps = (client: string): string => `
  const cluster = require('cluster');
  const { AggregatorRegistry, register } = require(${JSON.stringify(client)});
  (async () => {
    if (cluster.isWorker) {
      new AggregatorRegistry();
      process.send('there');
      return;
    }
    const texts = [];
    for (const type of [AggregatorRegistry.PROMETHEUS_CONTENT_TYPE, AggregatorRegistry.OPENMETRICS_CONTENT_TYPE]) {
      texts.push(await new AggregatorRegistry(type).clusterMetrics());
    }
    const worker = cluster.fork();
    await new Promise((resolve) => worker.on('message', (message) => message === 'there' && resolve()));
    texts.push(await new AggregatorRegistry().clusterMetrics(), await register.metrics());
    worker.kill();
    console.log('texts ' + JSON.stringify(texts));
    process.exit();
  })();`;

test('the same texts as of prom-client', async (t) => {
  const [own, theirs] = await Promise.all(
    ['mpmetrics', original].map(async (client) => {
      const run = program(t, steps(client), { extension: 'cjs' });
      return (await run.line(/^texts (.*)$/m))[1];
    }),
  );
  t.is(theirs, JSON.stringify(['', '', '\n', '\n']));
  t.is(own, theirs);
});

test('a registry of worker threads', async (t) => {
  const run = program(
    t,
    `import { Counter, WorkerRegistry } from 'mpmetrics';
     const registry = new WorkerRegistry();
     const before = await registry.workerMetrics();
     new Counter({ name: 'c_total', help: 'H' }).inc();
     console.log('texts ' + JSON.stringify([before, await registry.workerMetrics()]));
     process.exit();`,
  );
  const [, texts] = await run.line(/^texts (.*)$/m);
  t.deepEqual(JSON.parse(texts!), ['', '# HELP c_total H\n# TYPE c_total counter\nc_total 1\n']);
});
