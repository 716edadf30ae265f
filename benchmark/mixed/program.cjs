// A small service (arguments: client or `none`): the same few call sites update many metrics of all kinds, and create
// garbage. Prints the time of a request.
const { PerformanceObserver } = require('perf_hooks');
const { load } = require('../tools/places.cjs');

const ROUTES = 40;
const REQUESTS = 20_000;
const TURNS = 30;
const [client] = process.argv.slice(2);

/** The metrics of a route, with and without labels. */
function routeOf(metrics, index) {
  const labelNames = ['method', 'code'];
  const help = 'Measured';
  const requests = new metrics.Counter({ name: `r${index}_requests_total`, help, labelNames });
  const bytes = new metrics.Counter({ name: `r${index}_bytes_total`, help });
  const active = new metrics.Gauge({ name: `r${index}_active`, help });
  const queue = new metrics.Gauge({ name: `r${index}_queue`, help, labelNames: ['worker'] });
  const seconds = new metrics.Histogram({ name: `r${index}_seconds`, help, labelNames });
  const sizes = new metrics.Histogram({
    name: `r${index}_sizes`,
    help,
    buckets: [10, 100, 1000, 10_000],
  });
  const held = requests.labels('GET', '200');
  return { requests, bytes, active, queue, seconds, sizes, held };
}

const NOTHING = { inc() {}, dec() {}, set() {}, observe() {} };
const NO_ROUTE = { requests: NOTHING, bytes: NOTHING, active: NOTHING, queue: NOTHING };
Object.assign(NO_ROUTE, { seconds: NOTHING, sizes: NOTHING, held: NOTHING });

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const CODES = ['200', '201', '301', '400', '404', '500'];
let kept = [];

/** Nine updates at call sites shared by all routes, and some garbage as in a request. */
function handle(route, number) {
  route.active.inc();
  const body = JSON.parse(`{"id":${number},"tags":["a","b"],"name":"thing ${number}"}`);
  kept.push(body);
  if (kept.length > 2000) kept = [];
  const labels = { method: METHODS[number & 3], code: CODES[number % 6] };
  route.requests.inc(labels);
  route.held.inc();
  route.queue.set({ worker: number & 7 }, number % 50);
  route.bytes.inc(100 + (number % 900));
  route.seconds.observe(labels, (number % 1000) / 300);
  route.sizes.observe(number % 20_000);
  route.queue.inc({ worker: (number + 1) & 7 });
  route.active.dec();
}

const metrics = client === 'none' ? undefined : load(client);
const routes = Array.from({ length: ROUTES }, (_, index) =>
  metrics ? routeOf(metrics, index) : NO_ROUTE,
);

let collecting = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collecting += duration;
}).observe({ entryTypes: ['gc'] });

function turn() {
  const start = process.hrtime.bigint();
  for (let number = 0; number < REQUESTS; number += 1)
    handle(routes[(number * 7) % ROUTES], number);
  return Number(process.hrtime.bigint() - start) / REQUESTS;
}

for (let index = 0; index < TURNS / 3; index += 1) turn();
setTimeout(() => {
  collecting = 0;
  const times = Array.from({ length: TURNS }, turn).toSorted((a, b) => a - b);
  setTimeout(() => {
    const garbage = (collecting * 1e6) / TURNS / REQUESTS;
    console.log(JSON.stringify({ nanoseconds: times[TURNS >> 1], garbage }));
    process.exit();
  }, 10);
}, 10);
