// The children of a metric: equality of label sets, and memory for many children.

import { randomUUID } from 'node:crypto';
import test from 'ava';
import { Counter, open } from '../index';
import type { Cell } from '../src/cell/kinds';
import { Children } from '../src/metrics/children';
import type { LabelSet } from '../src/labels/label-set';
import { counter, seriesOf, valuesOf } from './support/metrics';

type Child = Cell<unknown>;

function childrenOf(...names: string[]): {
  children: Children<Child>;
  add: (labels: LabelSet) => Child;
} {
  const make = ({ labels }: { labels: LabelSet }): Child =>
    ({ labels, parts: () => [] as const }) as unknown as Child;
  const children = new Children<Child>(names, { make, arena: null });
  return { children, add: (labels) => children.add(labels) };
}

test('a child is found for any order of its labels', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const child = add({ y: 'b', x: 'a' });
  for (let round = 0; round < 3; round += 1) {
    t.is(children.find({ x: 'a', y: 'b' }), child);
    t.is(children.find({ y: 'b', x: 'a' }), child);
    t.is(children.find({ x: 'b', y: 'a' }), null);
    t.is(children.find({ x: 'a' }), null);
    t.is(children.find({}), null);
  }
});

test('a value that looks like several labels is one value', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const one = add({ x: '1,y:2' });
  const two = add({ x: '1', y: '2' });
  t.is(children.find({ x: '1,y:2' }), one);
  t.is(children.find({ x: '1', y: '2' }), two);
});

test('a missing label differs from an empty one', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const none = add({});
  const empty = add({ x: '', y: '' });
  const onlyY = add({ y: 'b' });
  t.is(children.find({}), none);
  t.is(children.find({ x: undefined, y: undefined }), none);
  t.is(children.find({ x: '', y: '' }), empty);
  t.is(children.find({ y: 'b' }), onlyY);
  t.is(children.find({ x: 'undefined', y: 'b' }), null);
});

test('values with equal text are equal', (t) => {
  const { children, add } = childrenOf('x');
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
      t.is(children.find({ x: other }), child);
      t.is(children.find({ x: other }), child);
    }
    children.delete({ x: others[0] as unknown });
    for (const other of [value, ...others]) t.is(children.find({ x: other }), null);
  }
  t.is(children.find({ x: '01' }), null);
  t.throws(() => children.find({ x: Symbol('x') }), { instanceOf: TypeError });
});

test('an object as a label value is converted to text each time', (t) => {
  const { children, add } = childrenOf('x');
  const [one, two] = [add({ x: 'one' }), add({ x: 'two' })];
  let text = 'one';
  const value = { toString: () => text };
  t.is(children.find({ x: value }), one);
  text = 'two';
  t.is(children.find({ x: value }), two);
});

test('deleted children are gone, and the others stay', (t) => {
  const { children, add } = childrenOf('x', 'y', 'z');
  const added: Child[] = [];
  for (const x of [1, 2])
    for (const y of [1, 2]) for (const z of [1, 2]) added.push(add({ x, y, z }));
  children.delete({ x: '1', y: 2, z: '1' });
  children.delete({ x: '1', y: 2, z: '1' });
  t.is(children.find({ x: 1, y: 2, z: 1 }), null);
  t.deepEqual(
    [...children.values()],
    added.filter((_, index) => index !== 2),
  );
  for (const child of added) children.delete(child.labels);
  t.deepEqual([...children.values()], []);
  const again = add({ x: 1, y: 2, z: 1 });
  t.is(children.find({ x: 1, y: 2, z: 1 }), again);
  children.clear();
  t.is(children.find({ x: 1, y: 2, z: 1 }), null);
});

test('without label names there is one child', (t) => {
  const { children, add } = childrenOf();
  t.is(children.find({}), null);
  const child = add({});
  t.is(children.find({}), child);
  t.is(children.find(Object.create(null) as object), child);
  t.throws(() => children.find({ x: 1 }), { code: 'MPMETRICS_INVALID_LABEL' });
  children.delete({});
  t.is(children.find({}), null);
});

test('an unknown label value finds no child, and does not hide an undeclared label', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const child = add({ x: 'a', y: '1' });
  t.is(children.find({ x: 'b', y: '1' }), null);
  t.is(children.find({ x: 'b' }), null);
  // A number that prints as a known text.
  t.is(children.find({ x: 'a', y: 1 }), child);
  t.throws(() => children.find({ x: 'b', z: '1' }), { message: /"z" is not included/ });
  t.throws(() => children.find({ x: 'a', y: 'b', z: '1' }), { message: /"z" is not included/ });
});

test('an undeclared label throws, and an inherited property is no label', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const child = add({ x: 1, y: 2 });
  const message = `Added label "z" is not included in initial labelset: [ 'x', 'y' ]`;
  for (const labels of [{ z: 1 }, { x: 1, y: 2, z: 3 }, { x: 1, z: 3, y: 2 }]) {
    t.throws(() => children.find(labels), { message });
  }
  t.is(children.find(Object.assign(Object.create({ z: 1 }) as object, { x: 1, y: 2 })), child);
  t.is(children.find(Object.create({ x: 1, y: 2 }) as object), null);
});

test('many series are found in the order of their creation while others are created and deleted', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const known = new Map<string, Child>();
  for (let index = 0; index < 5000; index += 1) {
    const labels = { x: `x${index % 70}`, y: index };
    known.set(`${index}`, add(labels));
    // Three of four are deleted again.
    if (index % 4 !== 0) {
      children.delete(labels);
      known.delete(`${index}`);
    }
  }
  t.deepEqual([...children.values()], [...known.values()]);
  for (let index = 0; index < 5000; index += 1) {
    const found = children.find({ x: `x${index % 70}`, y: `${index}` });
    t.is(found, known.get(`${index}`) ?? null);
  }
});

test('labels are returned as they were first given', (t) => {
  const { children, add } = childrenOf('x', 'y');
  for (const labels of [{ x: 1, y: 'a' }, { y: 1, x: '1' }, { y: true }, { x: '1', y: null }]) {
    add(labels);
    t.deepEqual(Object.entries(children.given(labels) ?? {}), Object.entries(labels));
  }
  t.is(children.given({ x: 'other' }), null);
});

test('the order first given stays while the table grows, and while it is rebuilt', (t) => {
  const { children, add } = childrenOf('x', 'y');
  const child = add({ y: 2, x: 1 });
  for (let x = 2; x < 100; x += 1) add({ x, y: 0 });
  for (let x = 2; x < 100; x += 1) children.delete({ x, y: 0 });
  for (let x = 2; x < 100; x += 1) add({ x, y: 1 });
  t.is(children.find({ x: 1, y: 2 }), child);
  t.deepEqual(Object.entries(children.given({ x: 1, y: 2 }) ?? {}), [
    ['y', 2],
    ['x', 1],
  ]);
});

test('many series of a metric keep their values separate, also when others remove some', async (t) => {
  const count = counter({ labelNames: ['x'] });
  const SERIES = 3000;
  const update = (): void => {
    for (let x = 0; x < SERIES; x += 1) count.inc({ x }, x);
  };
  update();
  const held = count.labels(2999);
  t.is(count.labels(2999), held);
  // As another process would do it.
  for (let x = 0; x < SERIES; x += 3) {
    for (const family of seriesOf(count).families) family.remove({ x: `${x}` });
  }
  update();
  held.inc(1);
  for (let x = SERIES; x < 2 * SERIES; x += 1) count.inc({ x }, x);
  held.inc(1);
  const values = new Map((await valuesOf(count)).map(({ labels, value }) => [labels['x'], value]));
  t.is(values.size, 2 * SERIES);
  for (let x = 0; x < 2 * SERIES; x += 1) {
    const times = x < SERIES && x % 3 !== 0 ? 2 : 1;
    t.is(values.get(x), times * x + (x === 2999 ? 2 : 0));
  }
});

test('the series that the limit refuses are forgotten', async (t) => {
  const heap = open({ name: `spec-${randomUUID()}`, seriesLimit: 600 });
  const registers = [heap.register];
  const count = new Counter({ name: 'c', help: 'h', labelNames: ['x'], registers });
  for (let x = 0; x < 20_600; x += 1) count.inc({ x });
  t.is(heap.info().droppedLimit, 20_000);
  t.true([...seriesOf(count).children.values()].length < 2000);
  const values = await valuesOf(count);
  t.is(values.length, 601);
  const overflow = values.find(({ labels }) => labels['otel_metric_overflow'] === 'true');
  t.is(overflow?.value, 20_000);
  // Room for one refused series.
  count.remove('0');
  count.inc({ x: 1000 }, 5);
  const found = (await valuesOf(count)).find(({ labels }) => `${labels['x']}` === '1000');
  t.is(found?.value, 5);
  heap.close();
});
