// A cluster of four workers that count, whose primary reads the page of all and prints one sample of it.
const cluster = require('node:cluster');
const { AggregatorRegistry, Counter } = require('mpmetrics');

const counter = new Counter({ name: 'cluster_total', help: 'Counted by workers' });

if (cluster.isPrimary) {
  const registry = new AggregatorRegistry();
  let ready = 0;
  for (let worker = 0; worker < 4; worker += 1) {
    cluster.fork().on('message', async () => {
      ready += 1;
      if (ready < 4) return;
      console.log(/^cluster_total .*$/m.exec(await registry.clusterMetrics())?.[0]);
      for (const { process: child } of Object.values(cluster.workers)) child.kill('SIGKILL');
      process.exit(0);
    });
  }
} else {
  for (let turn = 0; turn < 100; turn += 1) counter.inc();
  process.send('done');
  setInterval(() => {}, 1000);
}
