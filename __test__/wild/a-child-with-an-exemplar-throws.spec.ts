// "With enableExemplars, counter.labels('x').inc({ exemplarLabels }) throws in the middle of a request."
//
// A child accepts the same arguments as its metric, without labels.

import test from 'ava';
import { Counter, Histogram, openMetricsContentType, Registry } from '../../index';

const exemplarLabels = { trace_id: 'abc' };

/** A registry that can show exemplars. */
function openRegistry(): Registry<typeof openMetricsContentType> {
  return new Registry(openMetricsContentType);
}

test('a counter', async (t) => {
  const registry = openRegistry();
  const options = { name: 'c_total', help: 'H', labelNames: ['x'], enableExemplars: true };
  const counter = new Counter({ ...options, registers: [registry] });
  const child = counter.labels('a');
  child.inc({ exemplarLabels: exemplarLabels as never });
  child.inc({ value: 2, exemplarLabels: exemplarLabels as never });
  child.inc({ value: 3 });
  child.inc(4);
  child.inc();
  child.inc(null as never);
  counter.labels({ x: 'b' }).inc({});
  const { values } = await counter.get();
  t.deepEqual(
    values.map(({ value, labels }) => ({ value, labels })),
    [
      { value: 12, labels: { x: 'a' } },
      { value: 1, labels: { x: 'b' } },
    ],
  );
  t.regex(await registry.metrics(), /^c_total\{x="a"\} 12 # \{trace_id="abc"\} 2 /m);
});

test('the labels of a child are its own', async (t) => {
  const options = { name: 'c_total', help: 'H', labelNames: ['x'], enableExemplars: true };
  const counter = new Counter({ ...options, registers: [openRegistry()] });
  counter.labels('a').inc({ labels: { x: 'b' }, exemplarLabels } as never);
  const { values } = await counter.get();
  t.deepEqual(
    values.map(({ labels }) => labels),
    [{ x: 'a' }],
  );
});

test('a histogram', async (t) => {
  const registry = openRegistry();
  const options = { name: 'h', help: 'H', labelNames: ['x'], enableExemplars: true };
  const histogram = new Histogram({ ...options, buckets: [1], registers: [registry] });
  const child = histogram.labels('a');
  child.observe({ value: 0.5, exemplarLabels: exemplarLabels as never });
  child.observe({ value: 0.25 });
  child.observe(3);
  child.startTimer()({}, { trace_id: 'timed' } as never);
  const text = await registry.metrics();
  t.regex(text, /^h_bucket\{le="1",x="a"\} 3 # \{trace_id="timed"\} /m);
  t.regex(text, /^h_count\{x="a"\} 4$/m);
});

test('where no exemplars are taken, an object is refused as before', (t) => {
  const registers = [new Registry()];
  const counter = new Counter({ name: 'c_total', help: 'H', labelNames: ['x'], registers });
  const histogram = new Histogram({ name: 'h', help: 'H', labelNames: ['x'], registers });
  const instanceOf = TypeError;
  t.throws(() => counter.labels('a').inc({}), { instanceOf, message: /not a valid number/ });
  t.throws(() => histogram.labels('a').observe({ value: 1 }), {
    instanceOf,
    message: 'Value is not a valid number: { value: 1 }',
  });
  t.throws(() => histogram.labels('a').observe(null as never), { instanceOf });
});
