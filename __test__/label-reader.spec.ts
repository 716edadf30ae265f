// The function that finds the row of a label set: compiled or as a loop, it finds what a plain map finds.

import { spawnSync } from 'child_process';
import test from 'ava';
import {
  array,
  assert,
  constantFrom,
  integer,
  oneof,
  property,
  record,
  shuffledSubarray,
  tuple,
} from 'fast-check';
import { SeriesTable } from '../src/labels/series-table';

/** More look-ups than a table makes before it compiles a function. */
const WARM_UP = 600;

type Labels = Record<string, unknown>;

/** A table that has looked up labels so often that its function is compiled. */
function warm(names: string[], values: (index: number) => Labels): SeriesTable {
  const table = new SeriesTable(names);
  for (let index = 0; index < WARM_UP; index += 1) enter(table, values(index % 4));
  return table;
}

function enter(table: SeriesTable, labels: Labels): number {
  const row = table.find(labels);
  if (row >= 0) return row;
  if (table.isFull) table.grow();
  return table.add(table.ownOf(labels));
}

const NAMES = ['method', 'code', '__proto__'];

test('rows are those of a map, whatever the order, types and number of the values', (t) => {
  const value = oneof(
    integer({ min: 0, max: 12 }),
    integer({ min: 0, max: 12 }).map(String),
    constantFrom(undefined, true, 'true', Number.NaN, 'NaN', null, -0, 0, '"', '\n'),
  );
  const step = record({
    values: tuple(value, value, value),
    order: shuffledSubarray([0, 1, 2], { minLength: 0 }),
    isRemoved: integer({ min: 0, max: 19 }).map((chance) => chance === 0),
  });
  assert(
    property(array(step, { minLength: 50, maxLength: 300 }), (steps) => {
      const table = warm(NAMES, () => ({}));
      const rows = new Map<string, number>();
      for (const { values, order, isRemoved } of steps) {
        const labels: Labels = {};
        for (const index of order) {
          const name = NAMES[index] as string;
          Object.defineProperty(labels, name, {
            value: values[index],
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }
        const key = JSON.stringify(
          NAMES.map((name, index) =>
            order.includes(index) && values[index] !== undefined
              ? `${values[index] as string}`
              : [name],
          ),
        );
        const row = enter(table, labels);
        if (!rows.has(key)) rows.set(key, row);
        t.is(row, rows.get(key) as number);
        if (isRemoved) {
          table.delete(row);
          rows.delete(key);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a label that gets many values is looked up by all of them', (t) => {
  const table = warm(['route', 'code'], (index) => ({ route: `/${index}`, code: 200 + index }));
  const rows = Array.from({ length: 100 }, (_, index) =>
    enter(table, { route: `/${index}`, code: 200 + (index % 4) }),
  );
  t.is(new Set(rows).size, 100);
  for (const [index, row] of rows.entries()) {
    t.is(table.find({ code: 200 + (index % 4), route: `/${index}` }), row);
    t.is(table.find({ code: `${200 + (index % 4)}`, route: `/${index}` }), row);
  }
});

test('labels that have many values before the function is compiled keep their rows', (t) => {
  const labels = Array.from({ length: 60 }, (_, index) => ({ a: index % 3, b: index % 20 }));
  // The look-up that compiles the function is one of each label set.
  for (const last of labels) {
    const table = new SeriesTable(['a', 'b']);
    const rows = labels.map((each) => enter(table, each));
    for (let index = labels.length; index < WARM_UP - 100; index += 1) table.find(last);
    t.deepEqual(
      labels.map((each) => table.find(each)),
      rows,
    );
  }
});

test('a compiled function refuses labels that were not declared, and ignores inherited properties', (t) => {
  const table = warm(['method', 'code'], (index) => ({ method: `m${index}`, code: index }));
  const known = { method: 'm1', code: 1 };
  t.true(table.find(known) >= 0);
  t.throws(() => table.find({ ...known, other: 1 }), { message: /"other" is not included/ });
  t.throws(() => table.find({ method: 'm1', other: 1 }), { message: /"other" is not included/ });
  t.is(table.find(Object.create(known) as object), -1);
  class Hidden {
    method = 'm1';
    other = 1;
    get code(): number {
      return 1;
    }
  }
  t.throws(() => table.find(new Hidden()), { message: /"other" is not included/ });
});

test('a row that was removed is not found again', (t) => {
  const table = warm(['method'], (index) => ({ method: `m${index}` }));
  const row = table.find({ method: 'm2' });
  table.delete(row);
  t.is(table.find({ method: 'm2' }), -1);
  const again = enter(table, { method: 'm2' });
  t.not(again, row);
  t.is(table.find({ method: 'm2' }), again);
});

test('names of labels are data, never code', (t) => {
  const name = '"] = process.exit(3); //\u2028';
  const table = warm([name, '`${1}`'], (index) => ({ [name]: index, '`${1}`': 'x' }));
  t.is(table.find({ [name]: 3, '`${1}`': 'x' }), 3);
});

test('counters count where the runtime forbids compiled strings', (t) => {
  const program = `
    const { Counter, Registry } = require('./dist/index.js');
    const registry = new Registry();
    const counter = new Counter({ name: 'c', help: 'h', labelNames: ['a', 'b'], registers: [registry] });
    for (let i = 0; i < 2000; i += 1) counter.inc({ a: i % 3, b: 'x' });
    registry.getSingleMetric('c').get().then(({ values }) => {
      console.log(JSON.stringify(values.map(({ value }) => value)));
      process.exit();
    });`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--eval', program],
    { encoding: 'utf8' },
  );
  t.deepEqual(JSON.parse(stdout), [667, 667, 666], stderr);
});
