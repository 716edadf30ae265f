// The limits of a heap: its series, those of a metric, and the memory that heaps take.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { open } from '../index';
import { neutral } from './multiprocess/support/run';
import { run } from './support/run';
import { onLinux } from './support/systems';

const execute = promisify(execFile);

function name(): string {
  return `heap-spec-${randomBytes(6).toString('hex')}`;
}

test('a metric has a limit of series; further ones are dropped, counted and reported once', async (t) => {
  for (const seriesLimit of [0, -1, 1.5, '5', null, Infinity]) {
    t.throws(() => open({ name: name(), seriesLimit: seriesLimit as never }), {
      instanceOf: TypeError,
      code: 'MPMETRICS_BAD_ARGUMENT',
    });
    t.throws(() => open({ name: name(), maxSeries: seriesLimit as never }), {
      instanceOf: TypeError,
      code: 'MPMETRICS_BAD_ARGUMENT',
    });
  }
  const { stdout, stderr } = await run(
    `
    const fill = (register, name) => {
      const counter = new client.Counter({ name, help: 'H', labelNames: ['x'], registers: [register] });
      for (let x = 0; x < 10; x += 1) for (let y = 0; y < 3; y += 1) counter.inc({ x });
      return counter;
    };
    const heap = client.open({ name: process.env.HEAP, seriesLimit: 4 });
    fill(heap.register, 'a');
    const counter = fill(client.register, 'b');
    const { values } = await counter.get();
    if (values.reduce((sum, { value }) => sum + value, 0) !== 30) throw new Error(JSON.stringify(values));
    const { series, droppedSeries, droppedLimit, droppedFull, droppedBusy } = heap.info();
    console.log(JSON.stringify([values.length, series, droppedSeries, droppedLimit, droppedFull, droppedBusy]));
    heap.close();
    `,
    { HEAP: name(), MPMETRICS_SERIES_LIMIT: '7' },
  );
  t.deepEqual(JSON.parse(stdout), [8, 4, 6, 6, 0, 0]);
  t.is(stderr.match(/\[MPMETRICS_LIMIT\]/g)?.length, 2, stderr);
  t.regex(
    stderr,
    /metric a could not be made: the metric has reached its limit of 4 series\. Such series count in its series/,
  );
  t.regex(stderr, /metric b could not be made: the metric has reached its limit of 7 series\./);
  t.regex(stderr, /raise MPMETRICS_SERIES_LIMIT/);
  t.notRegex(stderr, /MAX_SERIES/);
  const wrong = await run(`new client.Counter({ name: 'c', help: 'C' });`, {
    MPMETRICS_SERIES_LIMIT: 'x',
  });
  t.regex(wrong.stderr, /MPMETRICS_SERIES_LIMIT=x means nothing/);
});

onLinux('500 heaps fit into the 64 MiB of a container', async (t) => {
  const program = [process.execPath, fileURLToPath(new URL('heap/many.mjs', import.meta.url))];
  // A file system of that size as /dev/shm, for this program alone.
  const mount = 'mount -t tmpfs -o size=64m tmpfs /dev/shm';
  const confined = [
    '--user',
    '--map-root-user',
    '--mount',
    'sh',
    '-c',
    `${mount} && exec "$@"`,
    'sh',
  ];
  const isAllowed = await execute('unshare', [...confined, 'true']).then(
    () => true,
    () => false,
  );
  // If the mount is not allowed, nothing enforces the limit, and only the used memory is checked.
  const [command, ...args] = isAllowed ? ['unshare', ...confined, ...program] : program;
  const { stdout } = await execute(command as string, args, { env: neutral() });
  const { taken, ...rest } = JSON.parse(stdout) as { taken: number };
  t.log(`${taken / 2 ** 20} MiB, ${isAllowed ? 'of 64' : 'without a limit'}`);
  t.deepEqual(rest as object, { heaps: 500, wrong: [], warnings: [], left: [] });
  t.true(taken > 0 && taken <= 64 * 2 ** 20);
});

test('a heap has a limit of series for all its metrics, by option and by environment', async (t) => {
  const { stdout, stderr } = await run(
    `
    const fill = (register) => {
      const found = [];
      for (const name of ['a', 'b']) {
        const counter = new client.Counter({ name, help: 'H', labelNames: ['x'], registers: [register] });
        for (let x = 0; x < 10; x += 1) counter.inc({ x });
        found.push(counter);
      }
      const gauge = new client.Gauge({ name: 'level', help: 'H', labelNames: ['x'], registers: [register] });
      gauge.set({ x: 1 }, 1);
      return found;
    };
    const sums = async (counters) => Promise.all(counters.map(async (counter) => {
      const { values } = await counter.get();
      return [values.length, values.reduce((sum, { value }) => sum + value, 0)];
    }));
    const heap = client.open({ name: process.env.HEAP, maxSeries: 12 });
    const found = [await sums(fill(heap.register)), await sums(fill(client.register))];
    console.log(JSON.stringify([...found, heap.info().series]));
    heap.close();
    `,
    { HEAP: name(), MPMETRICS_MAX_SERIES: '4' },
  );
  // The overflow series counts for the rest, and is no series of the limit.
  t.deepEqual(JSON.parse(stdout), [
    [
      [10, 10],
      [3, 10],
    ],
    [
      [5, 10],
      [1, 10],
    ],
    12,
  ]);
  t.regex(
    stderr,
    /metric b could not be made: all metrics together have reached their limit of 12 series\. Such series count/,
  );
  t.regex(
    stderr,
    /metric a could not be made: all metrics together have reached their limit of 4 series\./,
  );
  t.regex(
    stderr,
    /metric level could not be made: all metrics together .* This gauge is missing on the page\. .*MPMETRICS_MAX_SERIES/,
  );
  t.notRegex(stderr, /MPMETRICS_SERIES_LIMIT/);
});
