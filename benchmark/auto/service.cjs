// The measured service. Arguments: http, express or fastify, and the instrumentation in the code (none, or express-prom-bundle).
// Answers messages of its parent with the CPU time that it has used.
const { createServer } = require('node:http');
const { load } = require('./places.cjs');

const [kind, code] = process.argv.slice(2);
const BODY = '{"id":"42","name":"a thing","price":12.5,"tags":["one","two"]}';

const KINDS = {
  http() {
    return createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(BODY);
    });
  },
  express() {
    const express = load('express');
    const app = express();
    if (code === 'express-prom-bundle') {
      const bundle = load('express-prom-bundle');
      app.use(bundle({ includeMethod: true, includePath: true, includeStatusCode: true }));
    }
    app.get('/things/:id', (request, response) => {
      response.type('application/json').send(BODY);
    });
    return createServer(app);
  },
  async fastify() {
    const app = load('fastify')();
    app.get('/things/:id', async (request, reply) => {
      reply.type('application/json');
      return BODY;
    });
    await app.ready();
    return app.server;
  },
};

async function main() {
  const server = await KINDS[kind]();
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
  process.on('message', () => process.send({ cpu: process.cpuUsage() }));
}

void main();
