// A cluster that obeys a spec: each order is one line of JSON.
const cluster = require('node:cluster');
const { createInterface } = require('node:readline');
const {
  AggregatorRegistry,
  Counter,
  Gauge,
  Histogram,
  Registry,
  Summary,
  WorkerRegistry,
} = require(process.env.MPMETRICS_UNDER_TEST);

const whole = new AggregatorRegistry();
const chosen = new Registry();
const metrics = {
  requests: new Counter({ name: 'requests_total', help: 'Requests', labelNames: ['who'] }),
  seconds: new Histogram({ name: 'seconds', help: 'Time', buckets: [1] }),
  size: new Summary({ name: 'size', help: 'Size', percentiles: [0.5] }),
  started: new Gauge({ name: 'started', help: 'Start', aggregator: 'omit' }),
};
for (const aggregator of ['sum', 'min', 'max', 'average', 'first', 'shared', 'all']) {
  metrics[aggregator] = new Gauge({ name: `g_${aggregator}`, help: aggregator, aggregator });
}
const another = new Registry();
const again = new Counter({
  name: 'chosen_total',
  help: 'Again',
  labelNames: ['more'],
  registers: [another],
});
const inChosen = new Counter({ name: 'chosen_total', help: 'Chosen', registers: [chosen] });

const acts = {
  inc: (who, by) => metrics.requests.inc({ who }, by),
  observe: (value) => metrics.seconds.observe(value),
  measure: (value) => metrics.size.observe(value),
  set: (name, value) => metrics[name].set(value),
  choose: () => {
    AggregatorRegistry.setRegistries(chosen);
    inChosen.inc(2);
  },
  chooseBoth: () => {
    AggregatorRegistry.setRegistries([chosen, another]);
    inChosen.inc(2);
    again.inc(3);
    again.inc({ more: 'labels' }, 5);
  },
  chooseGlobal: () => AggregatorRegistry.setRegistries(Registry.globalRegistry),
  chooseAnother: () => {
    AggregatorRegistry.setRegistries([another]);
    again.inc({ more: 'alone' }, 7);
  },
  json: async () => require(process.env.MPMETRICS_UNDER_TEST).register.getMetricsAsJSON(),
  block: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  scrape: async () => whole.clusterMetrics(),
  threads: async () => new WorkerRegistry().workerMetrics(),
  shutdown: async () => whole.shutdown(),
};

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork(), cluster.fork()];
  const tell = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  workers.forEach((worker) => worker.on('message', tell));
  createInterface({ input: process.stdin }).on('line', async (line) => {
    const { to, kill, act, given = [] } = JSON.parse(line);
    if (kill !== undefined) {
      workers[kill].on('exit', () => tell({ done: 'kill' }));
      workers[kill].process.kill('SIGKILL');
    } else if (to === undefined) tell({ done: act, result: await acts[act](...given) });
    else workers[to].send({ act, given });
  });
  process.stdin.on('end', () => {
    for (const worker of workers) worker.process.kill('SIGKILL');
    process.exit();
  });
} else {
  process.on('message', async ({ act, given }) => {
    if (act === 'block') process.send({ done: act });
    const result = await acts[act](...given);
    if (act !== 'block') process.send({ done: act, result });
  });
  process.send({ done: 'start' });
}
