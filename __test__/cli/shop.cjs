// A cluster of four workers under load. Its primary obeys `block`, which puts every worker into an endless loop.
const cluster = require('node:cluster');
const { Counter, Gauge, Histogram, Summary } = require('../../dist/index.js');

if (cluster.isPrimary) {
  const workers = Array.from({ length: Number(process.argv[2] ?? 4) }, () => cluster.fork());
  let ready = 0;
  for (const worker of workers) {
    worker.on('message', () => {
      ready += 1;
      if (ready % workers.length !== 0) return;
      process.send({ workers: workers.map((each) => each.process.pid) });
    });
  }
  process.on('message', () => workers.forEach((worker) => worker.send('block')));
  process.on('disconnect', () => process.exit());
} else {
  const requests = new Counter({
    name: 'shop_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route'],
  });
  const took = new Histogram({
    name: 'shop_request_duration_seconds',
    help: 'Time until the answer',
    labelNames: ['route'],
    buckets: [0.01, 0.1, 1],
  });
  const sizes = new Summary({
    name: 'shop_response_bytes',
    help: 'Sizes',
    percentiles: [0.5, 0.99],
  });
  const memory = new Gauge({ name: 'shop_memory_bytes', help: 'Memory', labelNames: ['pid'] });
  const serve = () => {
    for (const route of ['/', '/items', '/checkout']) {
      requests.inc({ method: 'GET', route }, route === '/' ? 3 : 1);
      took.observe({ route }, 0.05);
    }
    requests.inc({ method: 'POST', route: '/checkout' });
    sizes.observe(2048);
    memory.set({ pid: process.pid }, 64 * 1024 * 1024);
  };
  serve();
  const timer = setInterval(serve, 20);
  process.on('message', () => {
    clearInterval(timer);
    process.send('blocked', () => {
      for (;;);
    });
  });
  process.send('ready');
}
