// The processes and threads of the smoke run. Each is started with the name of an act.
const { isMainThread, parentPort } = require('node:worker_threads');
const { Counter, Gauge, open, register } = require('mpmetrics');

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
const tell = (message) => (isMainThread ? process.send(message) : parentPort.postMessage(message));
const stay = () => {
  tell('there');
  setInterval(() => {}, 1000);
};

function count() {
  const counted = new Counter({ name: 'counted_total', help: 'Counted' });
  for (let turn = 0; turn < 1000; turn += 1) counted.inc();
}

function named() {
  const heap = open({ name: 'smoke' });
  new Counter({ name: 'named_total', help: 'Named', registers: [heap.register] }).inc();
  return heap;
}

const acts = {
  count,
  exit() {
    count();
    process.exit(3);
  },
  stay() {
    count();
    stay();
  },
  collect() {
    new Gauge({
      name: 'collected',
      help: 'Collected',
      collect() {
        this.set(7);
      },
    });
    process.on('message', () => process.exit(0));
    tell('there');
  },
  'collect-and-leave'() {
    new Gauge({
      name: 'collected',
      help: 'Collected',
      collect() {
        this.set(7);
      },
    });
    process.disconnect();
  },
  async auto() {
    require('mpmetrics/auto');
    const { createServer } = require('node:http');
    const server = createServer((_, response) => response.end('there'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    await (await fetch(`http://127.0.0.1:${server.address().port}/`)).text();
    server.close();
    const page = await register.metrics();
    console.log(/^http_server_request_duration_seconds_count.*$/m.exec(page)?.[0]);
    process.disconnect();
  },
  many() {
    const many = new Counter({ name: 'many_total', help: 'M', labelNames: ['number'] });
    for (let number = 0; number < 20_000; number += 1) many.inc({ number });
  },
  async named() {
    const heap = named();
    console.log(await heap.register.metrics());
    heap.close();
    process.disconnect();
  },
  'named-and-stay'() {
    named();
    stay();
  },
};

// Threads have their arguments in the same place.
acts[process.argv[2]]();
