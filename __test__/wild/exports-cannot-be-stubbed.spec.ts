// "sinon.stub(client, 'Counter') replaces nothing, and client.register = other throws."
//
// Test tools replace a property of the module. The compiler makes re-exports getters without setters.

import test from 'ava';
import { layTree, program, removeTree } from '../support/stand-ins';

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

const ENTRIES = ['auto', 'express', 'fastify', 'fetch', 'hono', 'http', 'koa', 'nest', 'testing'];
const MODULES = [
  'mpmetrics',
  'prom-client',
  '@prometheus-io/client',
  ...ENTRIES.map((name) => `mpmetrics/${name}`),
];

for (const name of MODULES) {
  test(`each export of ${name} can be replaced and put back`, async (t) => {
    const { stdout } = await program(`
      const client = require('${name}');
      const left = [];
      for (const [key, value] of Object.entries(client)) {
        if (key === 'contentType') continue;
        const stub = () => 'stub';
        try {
          client[key] = stub;
          if (require('${name}')[key] !== stub) left.push(key);
          client[key] = value;
          if (client[key] !== value) left.push(key);
          const { get, writable, configurable, enumerable } = Object.getOwnPropertyDescriptor(client, key);
          if (get || !writable || !configurable || !enumerable) left.push(key);
        } catch (error) { left.push(key + ': ' + error.message); }
      }
      console.log(JSON.stringify(left));
      process.exit();`);
    t.deepEqual(JSON.parse(stdout), []);
  });
}

for (const name of MODULES.slice(0, 3)) {
  test(`contentType of ${name} follows the registry`, async (t) => {
    const { stdout } = await program(`
      const client = require('${name}');
      const before = client.contentType;
      client.contentType = client.openMetricsContentType;
      const after = client.register.contentType;
      client.register.setContentType(client.prometheusContentType);
      console.log(JSON.stringify([before === client.contentType, after === client.openMetricsContentType]));
      process.exit();`);
    t.deepEqual(JSON.parse(stdout), [true, true]);
  });

  test(`${name}: others see a replaced class, and imported names keep their values`, async (t) => {
    const { stdout } = await program(
      `
      import client, { Counter } from '${name}';
      class Fake { name = 'fake'; }
      client.Counter = Fake;
      console.log(JSON.stringify([new client.Counter().name, Counter === Fake, typeof client.default.register]));
      process.exit();`,
      'mjs',
    );
    t.deepEqual(JSON.parse(stdout), ['fake', false, 'object']);
  });
}
