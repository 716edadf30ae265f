// "Our cluster's workers live in another workspace package (setupPrimary({ exec })): clusterMetrics() of the primary misses them."
//
// A worker of a cluster belongs to its primary, whatever package its script is in.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import test from 'ava';
import { program } from './support/program';

test('workers in another package are on the page of their primary', async (t) => {
  const folder = join(process.cwd(), 'build/wild', `workers-${randomBytes(6).toString('hex')}`);
  mkdirSync(folder, { recursive: true });
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'workers', version: '1.0.0' }),
  );
  writeFileSync(
    join(folder, 'worker.cjs'),
    `const { Counter } = require(${JSON.stringify(process.cwd())});
     const { Worker, isMainThread } = require('node:worker_threads');
     new Counter({ name: 'jobs_total', help: 'J' }).inc();
     if (isMainThread) {
       const thread = new Worker(__filename);
       thread.on('message', () => process.send('counted'));
     } else {
       require('node:worker_threads').parentPort.postMessage('counted');
     }
     setInterval(() => undefined, 1000);`,
  );
  const primary = program(
    t,
    `import cluster from 'node:cluster';
     import { once } from 'node:events';
     import { AggregatorRegistry, open } from 'mpmetrics';
     cluster.setupPrimary({ exec: ${JSON.stringify(join(folder, 'worker.cjs'))} });
     const workers = [cluster.fork(), cluster.fork()];
     await Promise.all(workers.map((worker) => once(worker, 'message')));
     const text = await new AggregatorRegistry().clusterMetrics();
     console.log(/^jobs_total (.*)$/m.exec(text)?.[1]);
     process.exit();`,
  );
  await primary.ended;
  t.is(primary.output, '4\n', primary.errors);
});
