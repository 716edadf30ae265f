import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { metrics } from 'mpmetrics/hono';
import { askAll } from './ask.cjs';

const app = new Hono();
app.use(metrics());
app.get('/api/:version/items/:item', (context) => context.json(context.req.param()));
app.get('/users/:id', (context) => context.text(context.req.param('id')));
app.get('/fails', () => {
  throw new Error('as it should');
});
app.onError((error, context) => context.text(error.message, 500));
serve({ fetch: app.fetch, port: 0 }, ({ port }) => askAll(port));
