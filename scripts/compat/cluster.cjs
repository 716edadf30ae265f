// Two workers with different ports, so that a request can be sent to either. The program ends with its input.
const cluster = require('node:cluster');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

if (cluster.isPrimary) {
  const ports = new Map();
  const workers = [cluster.fork(), cluster.fork()];
  for (const worker of workers) {
    worker.on('message', ({ port }) => {
      ports.set(worker, port);
      if (ports.size === workers.length) {
        console.log(`ports ${workers.map((each) => ports.get(each)).join(' ')}`);
      }
    });
    worker.on('exit', (code) => {
      if (code) process.exit(code);
    });
  }
  process.stdin.resume().on('end', () => {
    for (const worker of workers) worker.process.kill();
    process.exit();
  });
} else {
  const listening = (server) => {
    server.listen({ port: 0, host: '127.0.0.1', exclusive: true }, () =>
      process.send({ port: server.address().port }),
    );
  };
  import(pathToFileURL(join(process.cwd(), process.argv[2])))
    .then(async ({ default: start }) => start(listening))
    .catch((error) => {
      console.error(error);
      process.exit(1);
    });
}
