// Parts of the program: units, quantiles, the parser of pages, keys, and patterns.

import test from 'ava';
import { measure, quantilesOf, rateOf, type Measure } from '../src/cli/measure';
import { familiesOfText } from '../src/cli/parse';
import { familiesLike } from '../src/cli/pattern';
import type { Family } from '../src/cli/reading';
import { keysIn } from '../src/cli/top/screen';
import { painter } from '../src/cli/output';
import { headLines, sparkline } from '../src/cli/top/picture';
import { State } from '../src/cli/top/state';
import {
  bytes,
  counted,
  duration,
  number,
  quantity,
  rate,
  seconds,
  unitOf,
} from '../src/present/units';
import type { Series } from '../src/cli/values';
import { histogramQuantile } from '../src/present/quantile';

test('numbers, sizes and times have units that a person reads', (t) => {
  t.deepEqual([0, 7, 0.25, 1234, 9_999_999, 12_345_678, 2e9, 1e20].map(number), [
    '0',
    '7',
    '0.25',
    '1,234',
    '9,999,999',
    '12.3 M',
    '2 G',
    '1.00e+20',
  ]);
  t.deepEqual([0, 512, 1536, 200 * 1024, 5 * 2 ** 30].map(bytes), [
    '0 B',
    '512 B',
    '1.5 KiB',
    '200 KiB',
    '5 GiB',
  ]);
  t.deepEqual([0, 5e-9, 0.00025, 0.0123, 1.5, 90, 3600].map(seconds), [
    '0 s',
    '5 ns',
    '250 µs',
    '12.3 ms',
    '1.5 s',
    '90 s',
    '1 h',
  ]);
  t.deepEqual([0, 59, 61, 3600, 90_061].map(duration), [
    '0 s',
    '59 s',
    '1 min 1 s',
    '1 h',
    '1 d 1 h',
  ]);
  t.is(counted(1, 'process', 'processes'), '1 process');
  t.is(counted(2000, 'process', 'processes'), '2,000 processes');
});

test('the unit of a metric comes from its name', (t) => {
  t.is(quantity(2048, unitOf('response_size_bytes')), '2 KiB');
  t.is(quantity(0.5, unitOf('http_request_duration_seconds')), '500 ms');
  t.is(quantity(0.25, unitOf('cache_hit_ratio')), '25 %');
  t.is(quantity(1000, unitOf('process_start_time_seconds'), 1090), '1 min 30 s ago');
  t.is(quantity(1000, unitOf('last_backup_timestamp_seconds'), 1005), '5 s ago');
  t.is(quantity(NaN, unitOf('any')), 'NaN');
  t.is(rate(2048, unitOf('sent_bytes_total')), '2 KiB/s');
  t.is(rate(0.5, unitOf('process_cpu_seconds_total')), '50 %');
});

test('a quantile of a histogram lies in its bucket, as Prometheus estimates it', (t) => {
  t.is(histogramQuantile(0.5, [1, 2, 4], [0, 4, 0, 0]), 1.5);
  t.is(histogramQuantile(0.99, [1, 2, 4], [0, 0, 0, 3]), 4, 'beyond the last bound');
  t.is(histogramQuantile(0.5, [1, 2], [10, 0, 0]), 0.5);
  t.is(histogramQuantile(0.5, [1, 2], [0, 0, 0]), NaN);
  t.is(histogramQuantile(0.5, [], [3]), NaN);
});

const of = (total: number, counts: number[]): Measure => ({
  series: 1,
  total,
  least: total,
  most: total,
  counts,
  sparse: [],
  quantiles: [],
});

test('rates and quantiles are those between two readings, also when an application began again', (t) => {
  const family = { kind: 'histogram', name: 'h_seconds', buckets: [1, 2] } as Family;
  t.is(rateOf(family, of(10, []), of(30, []), 2), 10);
  t.is(rateOf(family, of(10, []), of(4, []), 2), 2);
  t.is(rateOf(family, undefined, of(4, []), 2), NaN);
  const before = of(100, [100, 0, 0]);
  t.deepEqual(quantilesOf(family, before, of(110, [100, 10, 0])), [1.5, 1.9, 1.99]);
  t.is(quantilesOf(family, before, of(2, [2, 0, 0]))[0], 0.5);
});

test('sparse buckets give quantiles, also between two readings and of several series', (t) => {
  const native = (positive: [number, number][], zeroCount = 0) =>
    ({
      native: {
        schema: 0,
        zeroThreshold: 0.001,
        zeroCount,
        positive: positive.map(([index, count]) => ({ index, count })),
        negative: [],
        exemplars: [],
      },
    }) as unknown as Series;
  const family = { kind: 'histogram', name: 'h_seconds', buckets: [] as number[] } as Family;
  const before = measure(family, [native([[1, 100]])]);
  // Of schema 0, the bucket 3 is that from 4 to 8, and the bucket 1 that from 1 to 2.
  const after = measure(family, [native([[1, 100]]), native([[3, 10]])]);
  t.deepEqual(quantilesOf(family, before, after).slice(0, 2), [6, 7.6]);
  t.is(quantilesOf(family, undefined, measure(family, [native([[1, 4]], 4)]))[1], 1.8);
});

test('a page is read as families with their labels and series', (t) => {
  const text = `# HELP a_total A \\n b
# TYPE a_total counter
a_total{x="1",y="}\\" "} 1 1700000000
a_total{x="2"} 2
# TYPE h histogram
h_bucket{le="1"} 1
h_bucket{le="+Inf"} 1
h_sum 1
h_count 1
# TYPE s summary
s{quantile="0.5",z="q"} 1
s_sum{z="q"} 1
s_count{z="q"} 1
plain 3
`;
  t.deepEqual(
    familiesOfText(text).map(({ name, type, labels, series }) => [
      name,
      type,
      labels.join(),
      series,
    ]),
    [
      ['a_total', 'counter', 'x,y', 2],
      ['h', 'histogram', '', 1],
      ['s', 'summary', 'z', 1],
      ['plain', 'untyped', '', 1],
    ],
  );
  const open = familiesOfText('# TYPE b counter\nb_total{q="1"} 1\nb_created{q="1"} 1\n# EOF\n');
  t.deepEqual(
    open.map(({ name, series }) => [name, series]),
    [['b_total', 1]],
  );
});

test('patterns are parts of names', (t) => {
  const names = ['http_requests_total', 'http_bytes', 'jobs'].map((name) => ({ name }));
  const like = (pattern: string): string[] =>
    names.filter(familiesLike(pattern)).map(({ name }) => name);
  t.deepEqual(like('HTTP'), ['http_requests_total', 'http_bytes']);
  t.deepEqual(like('h*total'), ['http_requests_total']);
  t.deepEqual(like('.'), []);
});

test('keys arrive as letters and as sequences', (t) => {
  t.deepEqual(keysIn('q\x1b[A\x1b[6~\x1b\rä\x7f'), [
    'q',
    'up',
    'page down',
    'escape',
    'enter',
    'ä',
    'backspace',
  ]);
});

test('a trend is as high as its numbers', (t) => {
  t.is(sparkline([0, 1, 2, 4, 8]), '▁▂▃▅█');
  t.is(sparkline([0, 0]), '▁▁');
});

test('top says nothing of event loops before its first reading', (t) => {
  const heap = { application: 'shop' } as unknown as ConstructorParameters<typeof State>[0];
  const state = new State(heap, 1, '');
  const lines = (): string[] => headLines(state, 80, painter(false));
  t.regex(lines()[0] ?? '', /^shop +\d\d:/);
  t.deepEqual(lines().slice(1), ['']);
  state.turns = { asked: 2, blocked: [] };
  t.deepEqual(lines().slice(1), ['2 event loops, none blocked']);
});
