// Valid labels, and the conversion of label arguments.

import test from 'ava';
import { validateMetricName } from '../index';
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
