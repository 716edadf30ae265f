const { metrics } = require('mpmetrics/express');
const express = require(process.env.FRAMEWORK);
const { askAll } = require('./ask.cjs');

const app = express();
app.use(metrics());
const items = express.Router({ mergeParams: true });
items.get('/items/:item', (request, response) => response.json(request.params));
app.use('/api/:version', items);
app.get('/users/:id', (request, response) => response.send(request.params.id));
app.get('/fails', () => {
  throw new Error('as it should');
});
const server = app.listen(0, () => askAll(server.address().port));
