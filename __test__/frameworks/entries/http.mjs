import { createServer } from 'node:http';
import { page as answer } from 'mpmetrics/fetch';
import { measure, page, setRoute } from 'mpmetrics/http';
import { askAll } from './ask.cjs';

measure();
const metrics = page();
const server = createServer(async (request, response) => {
  const [, first] = request.url.split(/[/?]/);
  const route = { users: '/users/:id', api: '/api/:version/items/:item', fails: '/fails' }[first];
  setRoute(request, route);
  if (first === 'metrics') {
    setRoute(request, '/metrics');
    await metrics(request, response);
    return;
  }
  if (first === 'fetch') {
    const { method, headers, url } = request;
    const said = await answer()(new Request(`http://x${url}`, { method, headers }));
    response.writeHead(said.status, Object.fromEntries(said.headers));
    response.end(Buffer.from(await said.arrayBuffer()));
    return;
  }
  response.statusCode = first === 'fails' ? 500 : route ? 200 : 404;
  response.end();
});
server.listen(0, () => askAll(server.address().port, process.env.FRAMEWORK));
