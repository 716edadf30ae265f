// Usual tests for prom-client under Jest. They run with prom-client itself, and with its stand-in.
/* global beforeEach, afterEach, expect, jest, test */
jest.mock('http');
const { EventEmitter } = require('node:events');

let client;
beforeEach(() => {
  jest.resetModules();
  client = require('prom-client');
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

test('http is mocked', async () => {
  const http = require('http');
  const request = Object.assign(new EventEmitter(), { write: jest.fn(), end: jest.fn() });
  http.request.mockImplementation((options, callback) => {
    const answer = Object.assign(new EventEmitter(), { statusCode: 200, setEncoding: jest.fn() });
    process.nextTick(() => {
      callback(answer);
      answer.emit('data', 'taken');
      answer.emit('end');
    });
    return request;
  });
  new client.Counter({ name: 'pushed_total', help: 'Pushed' }).inc();
  const gateway = new client.Pushgateway('http://gateway:9091/under', { timeout: 7 });
  const { body } = await gateway.pushAdd({ jobName: 'a job', groupings: { a: 'b/c' } });
  expect(body).toBe('taken');
  const [options] = http.request.mock.calls[0];
  expect(options).toMatchObject({ method: 'POST', hostname: 'gateway', port: '9091', timeout: 7 });
  expect(options.path).toBe('/under/metrics/job/a%20job/a/b%2Fc');
  expect(request.write).toHaveBeenCalledWith(expect.stringContaining('pushed_total 1\n'));
});

test('time is faked', async () => {
  jest.useFakeTimers({ now: 1_700_000_000_000 });
  const histogram = new client.Histogram({ name: 'h', help: 'h', buckets: [1, 5] });
  const end = histogram.startTimer();
  jest.advanceTimersByTime(2500);
  expect(end()).toBe(2.5);
  const gauge = new client.Gauge({ name: 'g', help: 'g' });
  gauge.setToCurrentTime();
  expect((await gauge.get()).values[0].value).toBe(1_700_000_002.5);
  const summary = new client.Summary({
    name: 's',
    help: 's',
    percentiles: [0.5],
    maxAgeSeconds: 10,
    ageBuckets: 2,
  });
  summary.observe(100);
  expect((await summary.get()).values[0].value).toBe(100);
  jest.advanceTimersByTime(60_000);
  summary.observe(1);
  jest.advanceTimersByTime(1);
  expect((await summary.get()).values.at(-1).value).toBe(2);
});

test('modules are reset', async () => {
  new client.Counter({ name: 'once_total', help: 'Once' }).inc(5);
  jest.resetModules();
  const again = require('prom-client');
  expect(again).not.toBe(client);
  expect(await again.register.metrics()).toBe('\n');
  new again.Counter({ name: 'once_total', help: 'Once' }).inc();
  expect(await again.register.metrics()).toContain('\nonce_total 1\n');
});

test('errors are matched', async () => {
  const counter = new client.Counter({ name: 'c_total', help: 'c', labelNames: ['x'] });
  const make = (options) => () => new client.Counter(options);
  expect(make({ name: 'c_total', help: 'c' })).toThrow(Error);
  expect(make({ name: 'c_total', help: 'c' })).toThrow(
    new Error('A metric with the name c_total has already been registered.'),
  );
  expect(make()).toThrow(TypeError);
  expect(make({ name: 'a b', help: 'x' })).toThrow('Invalid metric name');
  expect(() => counter.inc(-1)).toThrow(/not possible to decrease/);
  expect(() => counter.inc({ x: 1 }, '3ms')).toThrow(
    expect.objectContaining({ message: 'Value is not a valid number: 3ms' }),
  );
  expect(() => counter.inc({ y: 1 })).toThrowErrorMatchingInlineSnapshot(
    `"Added label "y" is not included in initial labelset: [ 'x' ]"`,
  );
  await expect(client.register.getSingleMetricAsString('none')).rejects.toThrow(TypeError);
});

test('metrics are spied on', async () => {
  const gauge = new client.Gauge({ name: 'g', help: 'g', labelNames: ['x'] });
  const set = jest.spyOn(gauge, 'set');
  gauge.set({ x: 1 }, 2);
  expect(set).toHaveBeenCalledWith({ x: 1 }, 2);
  jest.spyOn(client.register, 'metrics').mockResolvedValue('mocked');
  expect(await client.register.metrics()).toBe('mocked');
  expect(await gauge.get()).toEqual({
    help: 'g',
    name: 'g',
    type: 'gauge',
    values: [{ value: 2, labels: { x: 1 } }],
    aggregator: 'sum',
  });
});

test('the whole is mocked', () => {
  jest.doMock('prom-client');
  jest.resetModules();
  const { Gauge, Registry } = require('prom-client');
  const gauge = new Gauge({ name: 'g', help: 'g' });
  gauge.set(3);
  expect(gauge.set).toHaveBeenCalledWith(3);
  expect(new Registry().metrics()).toBeUndefined();
  jest.dontMock('prom-client');
});
