// A scraped cluster (arguments: client, workers). Prints the time of a scrape, and its effect on the event loops.
const cluster = require('cluster');
const { once } = require('events');
const { setTimeout: sleep } = require('timers/promises');
const { fill } = require('../tools/fill.cjs');
const { watchLoop } = require('../tools/loop.cjs');
const { load } = require('../tools/places.cjs');

const [client, workers] = process.argv.slice(2);
const SCRAPES = 7;
const COUNTERS = 10_000;
const HISTOGRAMS = 1_000;

const metrics = load(client);
const isOurs = client === 'mpmetrics';
const registry = isOurs ? metrics.register : new metrics.AggregatorRegistry();

/** Fills its registry, and watches its event loop on request. */
function worker() {
  fill(metrics, COUNTERS, HISTOGRAMS);
  let stop;
  process.on('message', ({ watch }) => {
    if (watch === undefined) return;
    if (watch) stop = watchLoop();
    process.send({ benchmark: watch ? 'watching' : stop() });
  });
  process.send({ benchmark: 'ready' });
}

async function primary() {
  const heard = [];
  let wake = () => undefined;
  cluster.on('message', (_, { benchmark }) => {
    if (benchmark === undefined) return;
    heard.push(benchmark);
    wake();
  });
  const all = Array.from({ length: Number(workers) }, () => cluster.fork());
  const answers = async () => {
    while (heard.length < all.length) await new Promise((resolve) => (wake = resolve));
    return heard.splice(0);
  };
  const tell = async (message) => {
    for (const one of all) one.send(message);
    return answers();
  };
  await answers();

  // The same without a scrape shows the effect of the machine on the event loops.
  const watched = async (work) => {
    await tell({ watch: true });
    await sleep(30);
    const stop = watchLoop();
    await sleep(5);
    const done = await work();
    await sleep(5);
    const own = stop();
    const others = await tell({ watch: false });
    return { done, own, others: middle(others) };
  };
  const scrapes = [];
  let bytes = 0;
  for (let index = 0; index < SCRAPES; index += 1) {
    let milliseconds = 0;
    const scrape = await watched(async () => {
      const start = performance.now();
      const text = await (isOurs ? registry.metrics() : registry.clusterMetrics());
      milliseconds = performance.now() - start;
      return text;
    });
    check(scrape.done);
    bytes = scrape.done.length;
    const rest = await watched(() => sleep(milliseconds));
    scrapes.push({
      milliseconds,
      ownStall: scrape.own,
      workerStall: scrape.others,
      restStall: rest.others,
    });
  }
  const result = { bytes };
  for (const key of Object.keys(scrapes[0])) result[key] = middle(scrapes.map((one) => one[key]));
  console.log(JSON.stringify(result));
  for (const one of all) one.process.kill('SIGKILL');
  await Promise.all(all.map((one) => (one.isDead() ? undefined : once(one, 'exit'))));
  process.exit();
}

/** A fast wrong answer does not count. */
function check(text) {
  const sample = 'family_3_total{route="/api/v1/things/10",code="404"}';
  const found = text.split('\n').find((line) => line.startsWith(sample));
  const expected = Number(workers) * ((42 * 7) % 1000);
  if (Number(found?.split(' ')[1]) !== expected)
    throw new Error(`error: ${found} is no ${expected}`);
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

if (cluster.isPrimary) void primary();
else worker();
