// Two registries on two ports, one for the public and one for internal use. Each shows the totals of all processes.
//
//   node examples/two-registries.mjs
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Counter, register, Registry, startHttpServer } from 'mpmetrics';

const internal = new Registry({ name: 'internal' });
const visits = new Counter({ name: 'visits_total', help: 'Visits' });
const misses = new Counter({
  name: 'cache_misses_total',
  help: 'What had to be fetched',
  registers: [internal],
});

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  const servers = [
    await startHttpServer({ port: Number(process.env.METRICS_PORT ?? 9464), own: false }),
    await startHttpServer({
      port: Number(process.env.INTERNAL_PORT ?? 9465),
      registry: internal,
      own: false,
    }),
  ];
  for (const { url } of servers) {
    console.log(`# ${url}`);
    console.log(await (await fetch(url)).text());
  }
  for (const server of servers) await server.close();
} else {
  visits.inc(10);
  misses.inc(3);
  // The global registry does not show metrics of another registry.
  if (register.getSingleMetric('cache_misses_total')) throw new Error('It should not be here.');
  cluster.worker.disconnect();
}
