// Usual tests for prom-client under Vitest. They run with prom-client itself, and with its stand-in.
import { EventEmitter } from 'node:events';
import http from 'http';
import client, { Counter, Gauge, Histogram, Pushgateway, register } from 'prom-client';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  register.clear();
});

test('http is spied on', async () => {
  const request = Object.assign(new EventEmitter(), { write: vi.fn(), end: vi.fn() });
  const asked = vi.spyOn(http, 'request').mockImplementation((options, callback) => {
    const answer = Object.assign(new EventEmitter(), { statusCode: 400, setEncoding: vi.fn() });
    process.nextTick(() => {
      callback(answer);
      answer.emit('end');
    });
    return request;
  });
  const gateway = new Pushgateway('http://gateway:9091');
  await expect(gateway.push({ jobName: 'job' })).rejects.toThrow('push failed with status 400');
  expect(asked.mock.calls[0][0]).toMatchObject({ method: 'PUT', path: '/metrics/job/job' });
});

test('time is faked', async () => {
  const toFake = ['Date', 'hrtime', 'performance', 'setTimeout', 'setInterval'];
  vi.useFakeTimers({ now: 1_700_000_000_000, toFake });
  const histogram = new Histogram({ name: 'h', help: 'h', buckets: [1, 5] });
  const end = histogram.startTimer();
  vi.advanceTimersByTime(2500);
  expect(end()).toBe(2.5);
  const gauge = new Gauge({ name: 'g', help: 'g' });
  gauge.setToCurrentTime();
  expect((await gauge.get()).values[0].value).toBe(1_700_000_002.5);
});

test('modules are reset, except those outside of the project', async () => {
  new Counter({ name: 'once_total', help: 'Once' }).inc(5);
  vi.resetModules();
  const again = await import('prom-client');
  expect(again.register).toBe(register);
  const make = () => new again.Counter({ name: 'once_total', help: 'Once' });
  expect(make).toThrow('A metric with the name once_total has already been registered.');
});

test('errors are matched', async () => {
  const counter = new client.Counter({ name: 'c_total', help: 'c', labelNames: ['x'] });
  expect(() => new Counter()).toThrow(TypeError);
  expect(() => new Counter({ name: 'x' })).toThrow(new Error('Missing mandatory help parameter'));
  expect(() => counter.inc(-1)).toThrow(Error);
  expect(() => counter.inc({ y: 1 })).toThrowErrorMatchingInlineSnapshot(
    `[Error: Added label "y" is not included in initial labelset: [ 'x' ]]`,
  );
  await expect(register.getSingleMetricAsString('none')).rejects.toThrow(TypeError);
});

test('metrics are spied on', async () => {
  const gauge = new Gauge({ name: 'g', help: 'g' });
  const set = vi.spyOn(gauge, 'set');
  gauge.set(2);
  expect(set).toHaveBeenCalledWith(2);
  vi.spyOn(register, 'metrics').mockResolvedValue('mocked');
  expect(await register.metrics()).toBe('mocked');
});
