// Windows: the meaning of the options, the current window, and the windows that count.

import test from 'ava';
import { monotonic } from '../src/heap/clock';
import { layout } from '../src/heap/native';
import { isCurrent, windowNow, windowsOf } from '../src/cell/windows';

test('windows need both options, with valid values', (t) => {
  const none = { count: 0, interval: 0 };
  t.deepEqual(windowsOf(), none);
  t.deepEqual(windowsOf(600), none);
  t.deepEqual(windowsOf(undefined, 5), none);
  t.deepEqual(windowsOf(0, 5), none);
  t.deepEqual(windowsOf(-1, 5), none);
  t.deepEqual(windowsOf(Number.NaN, 5), none);
  t.deepEqual(windowsOf(600, 0.5), none);
  t.deepEqual(windowsOf(600, Number.NaN), none);
  t.deepEqual(windowsOf(600, 5), { count: 5, interval: 120 });
  t.deepEqual(windowsOf(10, 2.9), { count: 2, interval: 5 });
});

test('too many windows for a cell become fewer and longer ones', (t) => {
  const most = layout.summaryMaxWindows;
  t.deepEqual(windowsOf(1000, 10 * most), { count: most, interval: 1000 / most });
});

test('the clock numbers windows; without windows there is one number', (t) => {
  t.is(windowNow(windowsOf()), 0);
  const windows = windowsOf(100_000, 2);
  const before = Math.floor(monotonic() / 50_000);
  const number = windowNow(windows);
  t.true(number === before || number === before + 1);
});

test('the last windows count, and none of the future', (t) => {
  const windows = windowsOf(30, 3);
  const now = 100;
  const current = [96, 97, 98, 99, 100, 101].map((number) => isCurrent(windows, number, now));
  t.deepEqual(current, [false, false, true, true, true, false]);
  t.true(isCurrent(windowsOf(), 0, 0));
});
