// Valid labels, and the conversion of label arguments.

import test from 'ava';
import { Counter, Gauge, Info, Registry, validateMetricName } from '../index';
import { labelsFrom, validateLabelNames } from '../src/labels/labels';

test('names', (t) => {
  for (const name of ['a', '_a', ':a', 'a:b_9', 'A']) t.true(validateMetricName(name), name);
  for (const name of ['', '9', 'a b', 'a-b', 'é']) t.false(validateMetricName(name), name);
  t.true(validateLabelNames(['a', '_b', 'C9']));
  t.true(validateLabelNames());
  for (const name of ['', '9', 'a:b', 'a b']) t.false(validateLabelNames([name]), name);
});

test('labelsFrom() accepts an object, or a value for each name', (t) => {
  const labels = { x: 1 };
  t.deepEqual(labelsFrom(['x'], [labels]), labels);
  t.not(labelsFrom(['x'], [labels]), labels);
  t.deepEqual(labelsFrom(['x'], [null]), {});
  t.deepEqual(labelsFrom(['x', 'y'], ['a', 5]), { x: 'a', y: 5 });
  t.deepEqual(labelsFrom([], []), {});
  t.throws(() => labelsFrom(['x'], ['a', 'b']), {
    message: 'Invalid number of arguments (2): "a, b" for label names (1): "x".',
    code: 'MPMETRICS_INVALID_LABEL',
  });
});

test('the label of overflow series is refused, since no limit holds for them', (t) => {
  const reserved = {
    message: 'otel_metric_overflow is a reserved label keyword',
    code: 'MPMETRICS_INVALID_LABEL',
  };
  const register = new Registry({ shared: false });
  const labelNames = ['otel_metric_overflow', 'u'];
  for (const Class of [Counter, Gauge]) {
    const make = (): object =>
      new Class({ name: 'a_total', help: 'H', labelNames, registers: [register] });
    t.throws(make, reserved);
  }
  t.throws(() => register.setDefaultLabels({ otel_metric_overflow: 'true' }), reserved);
  const info = new Info({ name: 'build', help: 'H', registers: [register] });
  t.throws(() => info.info({ otel_metric_overflow: 'true' }), reserved);
});
