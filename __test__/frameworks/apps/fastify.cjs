// oxlint-disable oxc/no-async-endpoint-handlers -- these are of Fastify, which awaits them
// Fastify 4 and 5.
const app = require(process.env.FRAMEWORK)();

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
app.get('/slow', () => undefined);
app.listen({ port: Number(process.env.PORT) });
