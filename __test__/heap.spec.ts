// Heaps by name, and the metrics of a closed heap.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import test from 'ava';
import { Counter, Gauge, Heap, Histogram, MpmetricsError, open, register } from '../index';
import { defaultHeap } from '../src/open';
import { neutral } from './multiprocess/support/run';
import { run } from './support/run';
import { LinkedProject } from './support/linked';
import { onLinux } from './support/systems';

const execute = promisify(execFile);

function name(): string {
  return `heap-spec-${randomBytes(6).toString('hex')}`;
}

onLinux('the first metric of a program loads no module for threads', async (t) => {
  const { folder } = new LinkedProject(t, {
    'program.cjs': `
      const { Counter } = require('mpmetrics');
      new Counter({ name: 'starts_total', help: 'Starts' }).inc();
      const loaded = process.moduleLoadList.filter((name) => name.endsWith(' worker_threads'));
      console.log(JSON.stringify(loaded));`,
  });
  const { stdout } = await execute(process.execPath, ['program.cjs'], {
    cwd: folder,
    env: { ...neutral(), MPMETRICS_NAME: name() },
  });
  t.deepEqual(JSON.parse(stdout), []);
});

test('invalid options are refused', (t) => {
  for (const wrong of [
    '',
    'a b',
    'a/b',
    '../etc',
    '.x',
    '..',
    'ä',
    'a\0b',
    'x'.repeat(65),
    5,
    null,
  ]) {
    t.throws(() => open({ name: wrong as never }), {
      instanceOf: MpmetricsError,
      code: 'MPMETRICS_INVALID_NAME',
      message: /^The name given to open\(\) is .* 1 to 64 of .*, not beginning with a dot\.$/,
    });
  }
  t.throws(() => open({ name: 'x', mode: 'append' as 'read' }), { instanceOf: TypeError });
  t.throws(() => open(null as never), { instanceOf: TypeError });
  t.throws(() => open({ nmae: 'x' } as never), {
    instanceOf: TypeError,
    message: 'There is no option "nmae" of open(). It takes: name, mode, seriesLimit, maxSeries',
  });
});

test('a missing heap is an error with its name', (t) => {
  const missing = name();
  t.throws(() => open({ name: missing, mode: 'read' }), {
    instanceOf: MpmetricsError,
    code: 'MPMETRICS_NO_SUCH_HEAP',
    message: `There is no heap named "${missing}". Start the application that writes to it first.`,
  });
});

test('heaps of one name are one heap, for reading too', async (t) => {
  const options = { name: name() };
  const heap = open(options);
  t.true(heap instanceof Heap);
  const counter = new Counter({
    name: 'c',
    help: 'C',
    labelNames: ['x'],
    registers: [heap.register],
  });
  counter.inc({ x: 1 }, 2);
  const again = open(options);
  const text = '# HELP c C\n# TYPE c counter\nc{x="1"} 2\n';
  t.true((await again.register.metrics()).includes(text));
  again.close();
  counter.inc({ x: 1 }, -0);
  const reader = open({ ...options, mode: 'read' });
  t.is(reader.info().slot, null);
  t.is(reader.info().writers.length, 1);
  t.throws(() => new Counter({ name: 'd', help: 'D', registers: [reader.register] }), {
    code: 'MPMETRICS_BAD_ARGUMENT',
    message: /opened for reading/,
  });
  reader.close();
  heap.close();
  t.throws(() => open({ ...options, mode: 'read' }), { code: 'MPMETRICS_NO_SUCH_HEAP' });
});

test('a name in code has precedence over the environment, and stays out of it', async (t) => {
  const code = `
    const before = process.env.MPMETRICS_TOKEN;
    const { name, shared } = client.open({ name: process.env.HEAP }).info();
    console.log(JSON.stringify([name === process.env.HEAP, shared, process.env.MPMETRICS_TOKEN === before]));`;
  for (const environment of [
    { MPMETRICS: '', MPMETRICS_NAME: '' },
    { MPMETRICS: '', MPMETRICS_NAME: name() },
    { MPMETRICS: 'private', MPMETRICS_NAME: name() },
  ]) {
    const { stdout } = await run(code, { HEAP: name(), ...environment });
    t.deepEqual(JSON.parse(stdout), [true, true, true]);
  }
});

test('a heap opened for reading shows its registries', async (t) => {
  const options = { name: name() };
  const heap = open(options);
  const counter = new Counter({ name: 'c', help: 'C', registers: [heap.register] });
  counter.inc();
  const reader = open({ ...options, mode: 'read' });
  const text = await reader.register.metrics();
  reader.close();
  heap.close();
  t.true(text.includes('c 1\n'));
});

test('a reader continues with the next heap of the same name', async (t) => {
  const options = { name: name() };
  const count = (amount: number): Heap => {
    const heap = open(options);
    new Counter({ name: 'c', help: 'C', registers: [heap.register] }).inc(amount);
    return heap;
  };
  const first = count(1);
  const reader = open({ ...options, mode: 'read' });
  const shown = async (): Promise<unknown> => /^c .*$/m.exec(await reader.register.metrics())?.[0];
  t.is(await shown(), 'c 1');
  const { id } = reader.info();
  first.close();
  await t.throwsAsync(shown(), { code: 'MPMETRICS_CLOSED' });
  await t.throwsAsync(shown(), { code: 'MPMETRICS_CLOSED' });
  const second = count(2);
  t.is(await shown(), 'c 2');
  t.not(reader.info().id, id);
  second.close();
  await t.throwsAsync(shown(), { code: 'MPMETRICS_CLOSED' });
  const third = count(3);
  reader.close();
  await t.throwsAsync(shown(), { code: 'MPMETRICS_CLOSED' });
  third.close();
});

test('info() describes the heap', (t) => {
  const options = { name: name() };
  const heap = open(options);
  t.like(heap.info(), {
    name: options.name,
    shared: true,
    slot: 0,
    incarnation: 1,
    adoptions: 0,
    droppedSeries: 0,
    why: 'opened by its name to write',
  });
  t.regex(heap.info().id, /^[0-9a-f]{32}$/);
  t.like(heap.info(), { retries: 0, unanswered: 0, conflicts: 0 });
  t.true(Math.abs(heap.info().createdAt - Date.now() / 1000) < 60);
  t.like(heap.info().writers[0], { slot: 0, live: true, pid: process.pid, thread: 0 });
  heap.close();
  heap.close();
  t.throws(() => heap.info(), { instanceOf: MpmetricsError, code: 'MPMETRICS_CLOSED' });
});

test('the guide lists exactly the metrics of the heap itself', async (t) => {
  const guide = readFileSync(new URL('../docs/guides/the-heap-itself.md', import.meta.url), 'utf8');
  const listed = [...guide.matchAll(/^\| `(mpmetrics_\w+)/gm)].map(([, found]) => found);
  const heap = open({ name: name() });
  const text = await heap.register.metrics({ own: true });
  heap.close();
  const shown = [...text.matchAll(/^# TYPE (mpmetrics_\w+) /gm)].map(([, found]) => found);
  t.deepEqual([...new Set(listed)], shown);
});

test('the default heap can be opened as well, and stays open when that is closed', async (t) => {
  const counter = new Counter({ name: 'in_default', help: 'x' });
  const heap = open();
  counter.inc();
  t.true((await heap.register.metrics()).includes('in_default 1\n'));
  t.is(heap.info().id, defaultHeap()?.info().id as string);
  t.true(heap.info().why.length > 0);
  heap.close();
  counter.inc();
  t.true((await register.metrics()).includes('in_default 2\n'));
});

test('metrics of a closed heap can be updated, but do not count', async (t) => {
  const heap = open({ name: name() });
  const registers = [heap.register];
  const labelNames = ['x'];
  const counter = new Counter({ name: 'c', help: 'C', labelNames, registers });
  const gauge = new Gauge({ name: 'g', help: 'G', registers });
  const shared = new Gauge({ name: 's', help: 'S', aggregator: 'shared', registers });
  const histogram = new Histogram({ name: 'h', help: 'H', registers });
  const child = counter.labels('1');
  child.inc();
  heap.close();
  for (let round = 0; round < 200; round += 1) {
    child.inc();
    counter.inc({ x: round });
    gauge.set(1);
    gauge.inc();
    shared.set(1);
    shared.dec();
    histogram.observe(round);
  }
  counter.reset();
  gauge.reset();
  histogram.reset();
  counter.remove('1');
  heap.register.setDefaultLabels({ app: 1 });
  const closed = { instanceOf: MpmetricsError, code: 'MPMETRICS_CLOSED' };
  await t.throwsAsync(counter.get(), closed);
  await t.throwsAsync(heap.register.getMetricsAsJSON(), closed);
  heap.register.clear();
  t.notThrows(() => new Counter({ name: 'new', help: 'New', registers }).inc());
  await t.throwsAsync(heap.register.metrics(), closed);
});

test('using closes a heap at the end of its block', (t) => {
  const heap = open({ name: name() });
  heap[Symbol.dispose]();
  t.throws(() => heap.info(), { code: 'MPMETRICS_CLOSED' });
});

test('a metric in two heaps counts in both', async (t) => {
  const [one, other] = [open({ name: name() }), open({ name: name() })];
  const registers = [one.register, other.register];
  const counter = new Counter({ name: 'c', help: 'C', registers });
  const histogram = new Histogram({ name: 'h', help: 'H', registers });
  counter.inc(2);
  histogram.observe(3);
  for (const heap of [one, other]) {
    const text = await heap.register.metrics();
    t.true(text.includes('\nc 2\n'));
    t.true(text.includes('\nh_sum 3\n'));
  }
  one.close();
  counter.inc();
  t.true((await other.register.metrics()).includes('\nc 3\n'));
  other.close();
});

test('a second copy of the package uses the same heap', async (t) => {
  const { stdout } = await run(
    `
    const copy = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)} + '?copy');
    const one = new client.Counter({ name: 'c', help: 'C' });
    const heap = client.open();
    one.inc();
    console.log(JSON.stringify([heap.info().writers.length, copy.register === client.register]));
    `,
  );
  t.deepEqual((JSON.parse(stdout) as unknown[])[0], 1);
});

test('an invalid heap name throws at the first metric', async (t) => {
  const { stdout } = await run(
    `
    try {
      new client.Counter({ name: 'c', help: 'C' });
    } catch (error) {
      console.log(error.code);
    }
    `,
    { MPMETRICS: '', MPMETRICS_NAME: 'not/a name' },
  );
  t.is(stdout, 'MPMETRICS_INVALID_NAME\n');
});

test('the heap’s own metrics are shown on request', async (t) => {
  const heap = open({ name: name() });
  void new Counter({ name: 'c', help: 'C', registers: [heap.register] });
  t.is(await heap.register.metrics(), '# HELP c C\n# TYPE c counter\nc 0\n');
  const text = await heap.register.metrics({ own: true });
  t.true(text.startsWith('# HELP c C\n# TYPE c counter\nc 0\n\n# HELP mpmetrics_'), text);
  for (const line of [
    'mpmetrics_writers{state="live"} 1',
    'mpmetrics_adoptions_total 0',
    'mpmetrics_conflicts_total 0',
  ]) {
    t.true(text.includes(`\n${line}\n`), text);
  }
  t.regex(text, /\nmpmetrics_heap_bytes \d+\n/);
  t.regex(text, /\nmpmetrics_dropped_series_total/);
  heap.close();
});
