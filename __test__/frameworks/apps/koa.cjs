// Koa 2 and 3, with @koa/router.
const Koa = require(process.env.FRAMEWORK);
const Router = require('@koa/router');

const app = new Koa();
app.silent = true;
const router = new Router();
const items = new Router();
items.get('/items/:item', (context) => {
  context.body = context.params;
});
router.use('/api/:version', items.routes());
router.get('/users/:id', (context) => {
  context.body = context.params.id;
});
router.get('/fails', () => {
  throw new Error('as it should');
});
router.get('/slow', () => new Promise(() => undefined));
app.use(router.routes());
app.listen(Number(process.env.PORT));
