// "@prometheus-io/client keeps ?token=… of the Pushgateway's address, and calls http.request(url, options). The stand-in does not."
//
// prom-client does neither, so each stand-in follows its original: the same pushes run with both.

import test from 'ava';
import { createRequire } from 'node:module';
import { layTree, program, removeTree } from '../support/stand-ins';

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

const original = createRequire(import.meta.url).resolve;

/** A program that prints the arguments of `http.request`, and the requests that arrive, for the pushes of a client. */
const seen = (client: string): string => `
  const http = require('http');
  const { Pushgateway, Registry } = require(${JSON.stringify(client)});
  const calls = [];
  const { request } = http;
  http.request = (...args) => {
    const [first, second] = args;
    calls.push([first.constructor.name === 'URL' ? 'URL' : typeof first, typeof second, second.method ?? first.method]);
    return request(...args);
  };
  (async () => {
    const server = http.createServer((incoming, answer) => {
      let text = '';
      incoming.on('data', (part) => { text += part; }).on('end', () => {
        calls.push([incoming.method, incoming.url, text, incoming.headers.authorization, incoming.headers['x-own']]);
        answer.end('received');
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = '127.0.0.1:' + server.address().port;
    const addresses = ['', '/', '/prefix', '/?token=a%20b', '/prefix?x=1&y=2', '/prefix/?x=1'];
    for (const address of addresses) {
      const gateway = new Pushgateway('http://' + host + address, { headers: { 'X-Own': 'h' } }, new Registry());
      const group = { jobName: 'a job', groupings: { 'k/k': 'v v' } };
      calls.push((await gateway.push(group)).body, (await gateway.pushAdd(group)).body, (await gateway.delete(group)).body);
    }
    const named = new Pushgateway('http://user:secret@' + host, { requireJobName: false }, new Registry());
    await named.push();
    console.log(JSON.stringify([calls, named instanceof require('mpmetrics').Pushgateway]));
    process.exit();
  })();`;

for (const name of ['prom-client', '@prometheus-io/client']) {
  test(name, async (t) => {
    const [ours, theirs] = await Promise.all(
      [name, original(name)].map(async (client) => program(seen(client))),
    );
    const [calls, isOwn] = JSON.parse(ours!.stdout) as [unknown, boolean];
    t.true(isOwn);
    t.deepEqual(calls, (JSON.parse(theirs!.stdout) as unknown[])[0]);
  });
}

test('the class of lib/ is the exported one', async (t) => {
  const { stdout } = await program(`
    const same = ['prom-client', '@prometheus-io/client'].map(
      (name) => require(name).Pushgateway === require(name + '/lib/pushgateway'));
    console.log(JSON.stringify(same));
    process.exit();`);
  t.deepEqual(JSON.parse(stdout), [true, true]);
});
