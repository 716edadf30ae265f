// "1,024 buckets, an exemplar label with a dot and a symbol as a default label work with prom-client; the page does not name them."
//
// Each is refused where it is given, with an error that says why, and is on the page of differences.

import { readFileSync } from 'node:fs';
import test from 'ava';
import { Counter, Histogram, openMetricsContentType, Registry } from '../../index';

const page = readFileSync('docs/coming-from-prom-client.md', 'utf8');

test('a symbol as a default label is refused at once, and the pages go on', async (t) => {
  const registry = new Registry();
  registry.setDefaultLabels({ app: 'a' });
  new Counter({ name: 'c', help: 'C', registers: [registry] }).inc();
  const error = t.throws(() => registry.setDefaultLabels({ app: Symbol('x') }), {
    instanceOf: TypeError,
    code: 'MPMETRICS_INVALID_LABEL',
  });
  t.is(error?.message, 'Cannot convert a Symbol value to a string');
  t.regex(await registry.metrics(), /c\{app="a"\} 1/);
  t.regex(page, /^\| a symbol as a default label/m);
});

test('more than 1,023 buckets are refused, with the number', (t) => {
  const of = (count: number) => ({
    name: 'h',
    help: 'H',
    registers: [new Registry()],
    buckets: Array.from({ length: count }, (_, index) => index),
  });
  t.notThrows(() => new Histogram(of(1023)));
  t.throws(() => new Histogram(of(1024)), { message: /at most 1023 buckets/ });
  t.regex(page, /^\| a histogram may have any number of buckets\s+\| at most 1,023/m);
});

test('the label of an exemplar has a name that parsers take', (t) => {
  const registry = new Registry(openMetricsContentType);
  const options = { name: 'c', help: 'C', registers: [registry], enableExemplars: true };
  const counter = new Counter(options as never);
  const exemplarLabels = { 'trace.id': '1' } as never;
  t.throws(() => counter.inc({ exemplarLabels }), { message: 'Invalid label name' });
  t.regex(page, /^\| the label names of an exemplar may be anything, such as `trace.id`/m);
});
