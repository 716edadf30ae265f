// A million series over several processes (arguments: processes, series). Prints the time to create and to scrape them,
// and their memory.
const { fork } = require('child_process');
const { readFileSync } = require('fs');
const { get } = require('http');
const { load } = require('../tools/places.cjs');

const SCRAPES = 3;
/** Keeps each family below the limit of series. */
const FAMILIES = 20;
const [role, processes, series] = process.argv.slice(2);
const metrics = load('mpmetrics');

/** Creates its part of the series on request. */
function writer() {
  const part = Number(processes);
  process.once('message', () => {
    const counters = Array.from(
      { length: FAMILIES },
      (_, family) =>
        new metrics.Counter({
          name: `things_${family}_total`,
          help: 'Things',
          labelNames: ['shard', 'thing'],
        }),
    );
    for (let index = 0; index < Number(series); index += 1) {
      counters[index % FAMILIES].inc({ shard: `shard-${part}`, thing: `thing-${index}` });
    }
    const { user, system } = process.cpuUsage();
    process.send((user + system) / 1e6);
    process.once('message', () => process.send(memory()));
  });
  process.send('ready');
}

async function parent() {
  const count = Number(processes);
  const each = Number(series) / count;
  const writers = Array.from({ length: count }, (_, part) =>
    fork(__filename, ['writer', String(part), String(each)]),
  );
  const answers = () =>
    Promise.all(writers.map((one) => new Promise((resolve) => one.once('message', resolve))));
  const all = async (message) => {
    const answered = answers();
    for (const one of writers) one.send(message);
    return answered;
  };
  await answers();
  const start = performance.now();
  const spent = await all('make');
  const processor = spent.reduce((sum, one) => sum + one, 0);
  const made = (performance.now() - start) / 1000;

  const own = new metrics.Counter({ name: 'own_total', help: 'So that the parent has the heap' });
  own.inc();
  const scraped = [];
  let bytes = 0;
  for (let index = 0; index < SCRAPES; index += 1) {
    const begin = performance.now();
    const text = await metrics.register.metrics();
    scraped.push((performance.now() - begin) / 1000);
    bytes = text.length;
  }
  const served = await serve();
  const writersMemory = await all('memory');
  const mebibytes = [memory(), ...writersMemory].reduce((sum, one) => sum + one, 0);
  console.log(
    JSON.stringify({ made, processor, scraped: middle(scraped), bytes, ...served, mebibytes }),
  );
  for (const one of writers) one.kill('SIGKILL');
  process.exit();
}

/** The same through the HTTP server: seconds to the last byte, and to the first. */
async function serve() {
  if (metrics.startHttpServer === undefined) return {};
  const server = await metrics.startHttpServer({ port: 0, host: '127.0.0.1' });
  const times = [];
  for (let index = 0; index < SCRAPES; index += 1) {
    const begin = performance.now();
    await new Promise((resolve, reject) => {
      get(server.url, (response) => response.on('data', () => undefined).on('end', resolve)).on(
        'error',
        reject,
      );
    });
    times.push((performance.now() - begin) / 1000);
  }
  return { served: middle(times) };
}

/** The memory of this process in MiB, with its proportion of shared pages. */
function memory() {
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)[1]) / 1024;
}

function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

if (role === 'writer') writer();
else void parent();
