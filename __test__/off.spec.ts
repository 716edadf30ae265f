// MPMETRICS=off: metrics that do nothing.

import test from 'ava';
import { run } from './support/run';

test('nothing native is loaded, updates do nothing, and a scrape is empty', async (t) => {
  const { stdout, stderr } = await run(
    `
    const { Counter, Gauge, Histogram, Registry, register, open } = client;
    const counter = new Counter({ name: 'c', help: 'c', labelNames: ['x'] });
    counter.inc({ x: 1 });
    counter.labels('2').inc(3);
    const gauge = new Gauge({ name: 'g', help: 'g', aggregator: 'shared' });
    gauge.set(5);
    const histogram = new Histogram({ name: 'h', help: 'h' });
    histogram.observe(1);
    histogram.time().stop();
    register.setDefaultLabels({ app: 1 });
    const merged = Registry.merge([register, new Registry({ name: 'x' })]);
    let invalid;
    try {
      counter.inc({ y: 1 });
    } catch (error) {
      invalid = error.message;
    }
    let closed;
    const heap = open({ name: 'x' });
    try {
      heap.info();
    } catch (error) {
      closed = error.code;
    }
    heap.close();
    console.log(
      JSON.stringify([
        await register.metrics(),
        await merged.metrics(),
        await register.getMetricsAsJSON(),
        (await counter.get()).values,
        invalid,
        closed,
        process.report.getReport().sharedObjects.filter((name) => /mpmetrics[^/]*\\.node$/.test(name)).length,
      ]),
    );
    register.clear();
    `,
    { MPMETRICS: 'off' },
  );
  t.is(stderr, '');
  t.deepEqual(JSON.parse(stdout), [
    '\n',
    '\n',
    [],
    [],
    `Added label "y" is not included in initial labelset: [ 'x' ]`,
    'MPMETRICS_CLOSED',
    0,
  ]);
});
