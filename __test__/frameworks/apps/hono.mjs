// Hono on @hono/node-server.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
const items = new Hono();
items.get('/items/:item', (context) => context.json(context.req.param()));
app.use('*', async (context, next) => next());
app.route('/api/:version', items);
app.get('/users/:id', (context) => context.text(context.req.param('id')));
app.get('/fails', () => {
  throw new Error('as it should');
});
app.onError((error, context) => context.text(error.message, 500));
app.get('/slow', () => new Promise(() => undefined));
serve({ fetch: app.fetch, port: Number(process.env.PORT) });
