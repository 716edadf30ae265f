// Express 4 and 5.
const express = require(process.env.FRAMEWORK);

const app = express();
const items = express.Router({ mergeParams: true });
items.get('/items/:item', (request, response) => response.json(request.params));
app.use('/api/:version', items);
app.get('/users/:id', (request, response) => response.send(request.params.id));
app.get('/fails', () => {
  throw new Error('as it should');
});
app.get('/slow', () => undefined);
app.listen(Number(process.env.PORT));
