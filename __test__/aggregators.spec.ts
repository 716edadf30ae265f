// Aggregation of metrics that were read as JSON.

import test from 'ava';
import { aggregators, type MetricAsJson } from '../index';

function metric(...values: MetricAsJson['values']): MetricAsJson {
  return { help: 'h', name: 'n', type: 'gauge', aggregator: 'sum', values };
}

const METRICS = [
  metric({ value: 1, labels: { a: 1 } }, { value: 5, labels: { b: 'x' }, metricName: 'n_sum' }),
  metric({ value: 2, labels: { a: '1' } }),
  metric({ value: 6, labels: { a: 1, b: undefined } }, { value: 7, labels: {} }),
];

for (const [name, expected] of [
  ['sum', 9],
  ['first', 1],
  ['average', 3],
  ['min', 1],
  ['max', 6],
] as const) {
  test(`${name} of the values with equal labels`, (t) => {
    t.deepEqual(aggregators[name](METRICS), {
      help: 'h',
      name: 'n',
      type: 'gauge',
      aggregator: 'sum',
      values: [
        { value: expected, labels: { a: 1 } },
        { value: 5, labels: { b: 'x' }, metricName: 'n_sum' },
        { value: 7, labels: {} },
      ],
    });
    t.is(aggregators[name]([]), undefined);
  });
}

test('omit excludes the metric', (t) => {
  t.is(aggregators.omit(METRICS), undefined);
});

test('label sets stay separate if their texts look alike', (t) => {
  const values = [
    { value: 1, labels: { x: '1,y:2' } },
    { value: 2, labels: { x: '1', y: '2' } },
  ];
  t.deepEqual(aggregators.sum([metric(...values)])?.values, values);
});
