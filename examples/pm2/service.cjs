// A service for pm2. Nothing in it refers to the other processes.
const { createServer } = require('node:http');
const { Counter, Gauge, register } = require('mpmetrics');

const requests = new Counter({ name: 'requests_total', help: 'Requests answered' });
const ready = new Gauge({ name: 'processes_ready', help: 'Processes that answer' });

const server = createServer(async (request, response) => {
  if (request.url === '/metrics') {
    // Any process answers for all.
    response.setHeader('Content-Type', register.contentType);
    response.end(await register.metrics());
  } else {
    requests.inc();
    response.end('hello\n');
  }
});
server.listen(Number(process.env.PORT ?? 8080), () => {
  ready.set(1);
  process.send?.('ready');
});
