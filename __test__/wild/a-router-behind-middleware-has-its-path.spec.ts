// "Our routes show as /a/x/x/z. A router is mounted behind middleware that has a path."
//
// Middleware and routers that pass a request on leave the request in the router above them.

import { join } from 'node:path';
import test from 'ava';
import { program } from './support/program';

const modules = join(process.cwd(), '__test__/frameworks/node_modules');

for (const express of ['express4', 'express']) {
  test(express, async (t) => {
    const service = program(
      t,
      `const express = require(${JSON.stringify(join(modules, express))});
       const { register } = require('mpmetrics');
       const pass = (request, response, next) => next();
       const answer = (request, response) => response.send('ok');
       const app = express();

       // A router without a path, behind middleware and a router that have one.
       const [outer, passed, inner] = [express.Router(), express.Router(), express.Router()];
       outer.use('/x', pass);
       passed.use('/z', pass);
       outer.use('/x', passed);
       outer.use(inner);
       inner.get('/x/:z', answer);
       app.use('/a', outer);

       // One router in two places, of which the first passes the request on.
       const twice = express.Router();
       twice.get('/:id', (request, response, next) => (request.query.pass ? next() : answer(request, response)));
       app.use('/:kind', twice);
       app.use('/b', pass, twice);
       app.use(twice);
       app.get('/end/:id', answer);

       const server = app.listen(0, '127.0.0.1', async () => {
         for (const path of ['/a/x/z', '/b/1', '/c', '/end/1?pass=1']) {
           await (await fetch('http://127.0.0.1:' + server.address().port + path)).text();
         }
         const text = await register.metrics();
         const routes = text.matchAll(/^http_server_request_duration_seconds_count.*http_route="([^"]*)"/gm);
         console.log([...routes].map(([, route]) => route).sort().join());
         process.exit();
       });`,
      {
        extension: 'cjs',
        flags: ['--require=mpmetrics/auto'],
        environment: { MPMETRICS_PORT: 'none' },
      },
    );
    await service.ended;
    t.is(service.output, '/:id,/:kind/:id,/a/x/:z,/end/:id\n', service.errors);
  });
}
