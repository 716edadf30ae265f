// Scrapes of a registry without a name: each asks the heap whether the key is still right.

import test from 'ava';
import { Counter, Registry } from '../index';
import { observe } from '../src/heap/native';
import { seriesOf } from './support/metrics';

test('ten thousand scrapes of an unnamed registry leave nothing behind', async (t) => {
  const registry = new Registry();
  const counter = new Counter({ name: 'c', help: 'h', registers: [registry] });
  counter.inc();
  const { native } = seriesOf(counter).families[0]!.attachment;
  const left = (): object => {
    const { id, usedBytes, bytes, segments, series, families, writers } = native.info();
    const reader = observe({ id });
    // The next number that this isolate gives to a heap; the one before was for the look before.
    const { handle } = reader;
    reader.close();
    return { usedBytes, bytes, segments, series, families, writers: writers.length, handle };
  };
  await registry.metrics();
  const before = left() as { handle: number };
  for (let scrape = 0; scrape < 10_000; scrape += 1) await registry.metrics();
  t.deepEqual(left(), { ...before, handle: before.handle + 1 });
});

test('looking for a registry does not make it', (t) => {
  const counter = new Counter({ name: 'c', help: 'h', registers: [new Registry()] });
  const { attachment } = seriesOf(counter).families[0]!;
  t.is(attachment.native.findRegistry('name:nobody'), null);
  t.false(attachment.hasRegistry('name:nobody'));
  const number = attachment.registry('name:somebody');
  t.true(attachment.hasRegistry('name:somebody'));
  t.is(attachment.native.findRegistry('name:somebody'), number);
});
