const { metrics } = require('mpmetrics/koa');
const Koa = require(process.env.FRAMEWORK);
const Router = require('@koa/router');
const { askAll } = require('./ask.cjs');

const app = new Koa();
app.silent = true;
app.use(metrics());
const router = new Router();
router.get('/api/:version/items/:item', (context) => {
  context.body = context.params;
});
router.get('/users/:id', (context) => {
  context.body = context.params.id;
});
router.get('/fails', () => {
  throw new Error('as it should');
});
app.use(router.routes());
const server = app.listen(0, () => askAll(server.address().port));
