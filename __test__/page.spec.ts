// The live page over a real socket: clients with and without the page, and the events.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import test from 'ava';
import { Counter } from '../src/metrics/counter';
import { Histogram } from '../src/metrics/histogram';
import { Registry } from '../src/registry/registry';
import type { PageValues } from '../src/present/page-data';
import { startHttpServer } from '../src/server/start';
import { ask } from './server/ask';

const registry = new Registry();
const requests = new Counter({
  name: 'requests_total',
  help: 'Requests <b>answered</b>',
  labelNames: ['code'],
  registers: [registry],
});
const seconds = new Histogram({
  name: 'request_seconds',
  help: 'Time',
  buckets: [0.1, 1],
  registers: [registry],
});
requests.inc({ code: '200' }, 3);
seconds.observe(0.5);

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const events = { accept: 'text/event-stream' };

/** An event with its data. */
interface Heard {
  readonly event: string;
  readonly data: unknown;
}

/** The events of a stream, until it ends. */
async function* eventsOf(response: IncomingMessage): AsyncGenerator<Heard> {
  let text = '';
  for await (const part of response) {
    text += String(part);
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      if (event !== undefined) yield { event, data: JSON.parse(data as string) };
    }
  }
}

async function stream(port: number, query = ''): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port, path: `/events${query}`, headers: events });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

test('browsers of this machine get the page, and other clients are led to the metrics', async (t) => {
  const server = await startHttpServer({ port: 0, registry });
  const url = `http://localhost:${server.port}/`;
  const page = await ask(url, { headers: browser });
  t.is(page.status, 200);
  t.is(page.headers['content-type'], 'text/html; charset=utf-8');
  t.regex(
    page.body.toString(),
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none'/,
  );
  t.notRegex(
    page.body.toString(),
    /(?:src|href)="(?:https?:)?\/\//,
    'nothing is loaded from elsewhere',
  );
  t.is((await ask(url)).status, 302);
  t.is((await ask(url, { headers: { accept: '*/*' } })).headers['location'], '/metrics');
  t.is(
    (await ask(server.url, { headers: browser })).headers['content-type'],
    'text/plain; version=0.0.4; charset=utf-8',
  );
  await server.close();
});

test('a foreign host name, another page and a proxy do not get the page', async (t) => {
  const server = await startHttpServer({ port: 0, registry });
  const url = `http://localhost:${server.port}/`;
  const status = async (
    path: string,
    headers: Record<string, string>,
  ): Promise<number | undefined> => (await ask(url + path, { headers })).status;
  t.is(await status('', { ...browser, host: 'attacker.example' }), 403);
  t.is(await status('events', { ...events, host: `attacker.example:${server.port}` }), 403);
  t.is(
    await status('events', { ...events, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }),
    403,
  );
  t.is(await status('', { ...browser, host: `[::1]:${server.port}` }), 200);
  t.is(await status('', { ...browser, 'x-forwarded-for': '192.0.2.1' }), 302);
  t.is(await status('events', { ...events, 'x-forwarded-for': '192.0.2.1' }), 404);
  await server.close();
});

test('the operator can have the page for all clients or for none', async (t) => {
  const none = await startHttpServer({ port: 0, registry, page: false });
  t.is((await ask(`http://localhost:${none.port}/`, { headers: browser })).status, 302);
  t.is((await ask(`http://localhost:${none.port}/events`, { headers: events })).status, 404);
  await none.close();
  const all = await startHttpServer({ port: 0, registry, page: true });
  const headers = { ...browser, 'x-forwarded-for': '192.0.2.1' };
  t.is((await ask(`http://localhost:${all.port}/`, { headers })).status, 200);
  await all.close();
  await t.throwsAsync(startHttpServer({ port: 0, page: 'yes' as never }), {
    code: 'MPMETRICS_BAD_ARGUMENT',
    message: /"page".*must be true or false/,
  });
});

test('the events have all values first, and then the changes only', async (t) => {
  const server = await startHttpServer({ port: 0, registry });
  const response = await stream(server.port);
  t.is(response.headers['content-type'], 'text/event-stream; charset=utf-8');
  const readings: PageValues[] = [];
  const others: Heard[] = [];
  for await (const heard of eventsOf(response)) {
    if (heard.event !== 'values') {
      others.push(heard);
      continue;
    }
    readings.push(heard.data as PageValues);
    if (readings.length === 2) break;
    requests.inc({ code: '200' });
  }
  const of = (reading: PageValues | undefined, name: string): unknown =>
    reading?.families.find((family) => family.name === name);
  t.deepEqual(of(readings[0], 'requests_total'), {
    name: 'requests_total',
    labels: [{ code: '200' }],
    values: [[0, 3]],
  });
  t.deepEqual(of(readings[0], 'request_seconds'), {
    name: 'request_seconds',
    labels: [{}],
    values: [[0, { count: 1, sum: 0.5, counts: [0, 1, 0] }]],
  });
  t.deepEqual(of(readings[1], 'requests_total'), { name: 'requests_total', values: [[0, 4]] });
  t.deepEqual(of(readings[1], 'request_seconds'), { name: 'request_seconds', values: [] });
  t.is(others.filter(({ event }) => event === 'catalog').length, 1);
  t.like(others[0], { event: 'health', data: { writers: 1, problem: null, path: '/metrics' } });
  // Both numbers of metrics that the page shows are one.
  const listed = others.find(({ event }) => event === 'catalog')?.data as readonly unknown[];
  t.true(listed.length > 2);
  t.like(others[0]?.data, { families: listed.length });
  await server.close();
});

test('a family beyond the kept series is sent to a page that asks for its name', async (t) => {
  const own = new Registry();
  const large = new Counter({
    name: 'large_total',
    help: 'Large',
    labelNames: ['id'],
    registers: [own],
  });
  for (let id = 0; id < 2500; id += 1) large.inc({ id });
  const server = await startHttpServer({ port: 0, registry: own, own: false });
  const names = async (query: string): Promise<string[]> => {
    let readings = 0;
    for await (const { event, data } of eventsOf(await stream(server.port, query))) {
      if (event !== 'values') continue;
      readings += 1;
      if (readings === 2) return (data as PageValues).families.map(({ name }) => name);
    }
    return [];
  };
  t.deepEqual(await names(''), []);
  t.deepEqual(await names('?name[]=large_total'), ['large_total']);
  await server.close();
});

test('metrics of other libraries are on the page, with their present values', async (t) => {
  const own = new Registry();
  let value = 1;
  own.registerMetric({
    name: 'foreign_jobs',
    get: async () => ({
      name: 'foreign_jobs',
      help: 'Jobs of another library',
      type: 'gauge',
      values: [{ labels: { queue: 'mail' }, value }],
    }),
  } as never);
  const server = await startHttpServer({ port: 0, registry: own, own: false });
  const readings: PageValues[] = [];
  const heads: unknown[] = [];
  for await (const { event, data } of eventsOf(await stream(server.port))) {
    if (event === 'catalog') heads.push(...(data as unknown[]));
    if (event !== 'values') continue;
    readings.push(data as PageValues);
    value = 2;
    if (readings.length === 2) break;
  }
  t.like(heads[0], { name: 'foreign_jobs', help: 'Jobs of another library', type: 'gauge' });
  t.deepEqual(readings[0]?.families, [
    { name: 'foreign_jobs', labels: [{ queue: 'mail' }], values: [[0, 1]] },
  ]);
  t.deepEqual(readings[1]?.families, [{ name: 'foreign_jobs', values: [[0, 2]] }]);
  await server.close();
});

test('the number of open pages is limited, and they end with the server', async (t) => {
  const server = await startHttpServer({ port: 0, registry });
  const open = await Promise.all(Array.from({ length: 16 }, async () => stream(server.port)));
  t.true(open.every(({ statusCode }) => statusCode === 200));
  const refused = await stream(server.port);
  t.is(refused.statusCode, 503);
  refused.resume();
  const ends = open.map(async (response) => {
    response.resume();
    await once(response, 'end');
  });
  await Promise.all([server.close(), ...ends]);
});
