// The tree of children: which labels are the same series.

import test from 'ava';
import { validateMetricName } from '../index';
import { labelsFrom, LabelTree, validateLabelNames } from '../src/labels';
import type { LabelSet } from '../src/types';

interface Child {
  labels: LabelSet;
}

function treeOf(...names: string[]): {
  tree: LabelTree<Child>;
  add: (labels: LabelSet) => Child;
} {
  const tree = new LabelTree<Child>(names);
  return {
    tree,
    add(labels) {
      const child = { labels };
      tree.put(labels, child);
      return child;
    },
  };
}

test('names', (t) => {
  for (const name of ['a', '_a', ':a', 'a:b_9', 'A']) t.true(validateMetricName(name), name);
  for (const name of ['', '9', 'a b', 'a-b', 'é']) t.false(validateMetricName(name), name);
  t.true(validateLabelNames(['a', '_b', 'C9']));
  t.true(validateLabelNames());
  for (const name of ['', '9', 'a:b', 'a b']) t.false(validateLabelNames([name]), name);
});

test('a child is found whatever the order of its labels', (t) => {
  const { tree, add } = treeOf('x', 'y');
  const child = add({ y: 'b', x: 'a' });
  for (let round = 0; round < 3; round += 1) {
    t.is(tree.find({ x: 'a', y: 'b' }), child);
    t.is(tree.find({ y: 'b', x: 'a' }), child);
    t.is(tree.find({ x: 'b', y: 'a' }), null);
    t.is(tree.find({ x: 'a' }), null);
    t.is(tree.find({}), null);
  }
});

test('values that look like several labels are one', (t) => {
  const { tree, add } = treeOf('x', 'y');
  const one = add({ x: '1,y:2' });
  const two = add({ x: '1', y: '2' });
  t.is(tree.find({ x: '1,y:2' }), one);
  t.is(tree.find({ x: '1', y: '2' }), two);
});

test('labels may be missing, which is not the same as empty', (t) => {
  const { tree, add } = treeOf('x', 'y');
  const none = add({});
  const empty = add({ x: '', y: '' });
  const onlyY = add({ y: 'b' });
  t.is(tree.find({}), none);
  t.is(tree.find({ x: undefined, y: undefined }), none);
  t.is(tree.find({ x: '', y: '' }), empty);
  t.is(tree.find({ y: 'b' }), onlyY);
  t.is(tree.find({ x: 'undefined', y: 'b' }), null);
});

test('values that are printed alike are the same', (t) => {
  const { tree, add } = treeOf('x');
  const pairs: [unknown, unknown[]][] = [
    ['1', [1, 1n, '1', new String('1'), [1]]],
    [-0, ['0', 0]],
    [true, ['true']],
    [null, ['null']],
    ['NaN', [NaN]],
    [1e21, ['1e+21']],
    [{ toString: () => 'object' }, ['object']],
  ];
  for (const [value, others] of pairs) {
    const child = add({ x: value });
    for (const other of others) {
      t.is(tree.find({ x: other }), child);
      t.is(tree.find({ x: other }), child);
    }
    t.is(tree.delete({ x: others[0] }), child);
    for (const other of [value, ...others]) t.is(tree.find({ x: other }), null);
  }
  t.is(tree.find({ x: '01' }), null);
  t.throws(() => tree.find({ x: Symbol('x') }), { instanceOf: TypeError });
});

test('an object as a value is asked each time what it says', (t) => {
  const { tree, add } = treeOf('x');
  const [one, two] = [add({ x: 'one' }), add({ x: 'two' })];
  let text = 'one';
  const value = { toString: () => text };
  t.is(tree.find({ x: value }), one);
  text = 'two';
  t.is(tree.find({ x: value }), two);
});

test('what was deleted is gone, the others stay', (t) => {
  const { tree, add } = treeOf('x', 'y', 'z');
  const children = [];
  for (const x of [1, 2])
    for (const y of [1, 2]) for (const z of [1, 2]) children.push(add({ x, y, z }));
  t.is(tree.delete({ x: '1', y: 2, z: '1' }), children[2] as Child);
  t.is(tree.delete({ x: '1', y: 2, z: '1' }), null);
  t.is(tree.find({ x: 1, y: 2, z: 1 }), null);
  t.deepEqual(
    [...tree.values()],
    children.filter((_, index) => index !== 2),
  );
  for (const child of children) tree.delete(child.labels);
  t.deepEqual([...tree.values()], []);
  const again = add({ x: 1, y: 2, z: 1 });
  t.is(tree.find({ x: 1, y: 2, z: 1 }), again);
  tree.clear();
  t.is(tree.find({ x: 1, y: 2, z: 1 }), null);
});

test('children are replaced in their order', (t) => {
  const { tree, add } = treeOf('x');
  for (const x of ['b', 'a', 'c']) add({ x });
  tree.replace(({ labels }) => ({ labels }));
  t.deepEqual(
    [...tree.values()].map(({ labels }) => labels['x']),
    ['b', 'a', 'c'],
  );
});

test('without label names there is one child', (t) => {
  const { tree, add } = treeOf();
  t.is(tree.find({}), null);
  const child = add({});
  t.is(tree.find({}), child);
  t.is(tree.find(Object.create(null) as object), child);
  t.throws(() => tree.find({ x: 1 }), { code: 'MPMETRICS_INVALID_LABEL' });
  t.is(tree.delete({}), child);
  t.is(tree.find({}), null);
});

test('a label that was not declared throws, inherited ones too', (t) => {
  const { tree, add } = treeOf('x', 'y');
  add({ x: 1, y: 2 });
  const message = `Added label "z" is not included in initial labelset: [ 'x', 'y' ]`;
  for (const labels of [
    { z: 1 },
    { x: 1, y: 2, z: 3 },
    { x: 1, z: 3, y: 2 },
    Object.create({ z: 1 }) as object,
  ]) {
    t.throws(() => tree.find(labels), { message });
  }
});

test('labelsFrom() takes an object or a value for each name', (t) => {
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
