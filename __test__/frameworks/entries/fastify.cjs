// oxlint-disable oxc/no-async-endpoint-handlers -- these are of Fastify, which awaits them
const { metrics } = require('mpmetrics/fastify');
const app = require(process.env.FRAMEWORK)();
const { askAll } = require('./ask.cjs');

app.register(metrics);
app.register(
  async (items) => {
    items.get('/items/:item', async (request) => request.params);
  },
  { prefix: '/api/:version' },
);
app.get('/users/:id', async (request) => request.params.id);
app.get('/fails', async () => {
  throw new Error('as it should');
});
app.listen({ port: 0 }).then(() => askAll(app.server.address().port));
