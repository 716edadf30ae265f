// A label with too many values: the limit of the metric stops it and reports once, before it takes memory from others. The
// overflow series counts the rest, so the sum over the metric is exact. Removed series give their memory back.
import { heapName, item, progress, short, times } from './support/item.mjs';
import { explode, exploded } from './full/parts.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

process.env.MPMETRICS_NAME = heapName;
const VALUES = short ? 20_000 : 1_000_000;
/** The limit of a metric: the default one, for the long version. */
const LIMIT = short ? 2_000 : 100_000;
const ROUNDS = times(20, 100);
const SERIES = short ? 1_000 : 10_000;
/** The nodes of the label map depend on the hashes of the values, so their most grows a little. One block a round is more. */
const GROWTH = 1.004;
const PAGE = 4096;
if (short) process.env.MPMETRICS_SERIES_LIMIT = String(LIMIT);

/** Ten writers, each with values of its own, and a low limit: the sum is exact. */
async function several({ figures, check }) {
  const [limit, values] = [1000, VALUES / 10];
  const environment = {
    MPMETRICS_NAME: `${heapName}-several`,
    MPMETRICS_SERIES_LIMIT: String(limit),
    NODE_NO_WARNINGS: '1',
  };
  const writers = Array.from({ length: 10 }, () => new Actor('fork', { environment }));
  const work = writers.map(async (writer, prefix) =>
    writer.run(explode, { prefix, count: values, length: 1 }),
  );
  const counted = (await Promise.all(work)).reduce((sum, count) => sum + count);
  const found = await writers[0].run(exploded);
  check(found.sum === counted, `${found.sum} of ${counted} were counted by ten writers`);
  check(found.series === limit + 1, `ten writers have made ${found.series} series`);
  figures.several = { writers: writers.length, counted, ...found };
  await Promise.all(writers.map(async (writer) => writer.leave()));
}

await item(async ({ figures, check }) => {
  await several({ figures, check });
  const reports = [];
  process.removeAllListeners('warning');
  process.on('warning', ({ code }) => reports.push(code));
  const client = await import('mpmetrics');
  const heap = client.open();

  const exploding = new client.Counter({ name: 'exploding', help: 'H', labelNames: ['id'] });
  const neighbour = new client.Counter({ name: 'neighbour', help: 'H', labelNames: ['id'] });
  neighbour.inc({ id: 'before' });
  const started = performance.now();
  for (let id = 0; id < VALUES; id += 1) exploding.inc({ id });
  const microseconds = (1000 * (performance.now() - started)) / VALUES;
  neighbour.inc({ id: 'after' });
  await new Promise((resolve) => setImmediate(resolve));
  const info = heap.info();
  check(info.series === LIMIT + 2, `there are ${info.series} series`);
  check(info.droppedLimit === VALUES - LIMIT, `${info.droppedLimit} were dropped`);
  check(reports.join() === 'MPMETRICS_LIMIT', `reported: ${reports}`);
  const { values } = await neighbour.get();
  check(values.length === 2, 'a neighbour has not got its series');
  figures.explosion = {
    values: VALUES,
    series: LIMIT,
    dropped: info.droppedLimit,
    reports: reports.length,
    heapMiB: Math.round(info.bytes / 2 ** 20),
    rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    microsecondsEach: Math.round(10 * microseconds) / 10,
  };
  client.register.removeSingleMetric('exploding');

  const sizes = [];
  const fleeting = new client.Histogram({ name: 'fleeting', help: 'H', labelNames: ['id'] });
  for (let round = 0; round < ROUNDS; round += 1) {
    const labels = (number) => ({ id: `${round}-${number}` });
    for (let number = 0; number < SERIES; number += 1) fleeting.observe(labels(number), 1);
    check(heap.info().series >= SERIES, `only ${heap.info().series} series in round ${round}`);
    for (let number = 0; number < SERIES; number += 1) fleeting.remove(labels(number));
    const { bytes, usedBytes, droppedSeries } = heap.info();
    check(droppedSeries === info.droppedSeries, 'a series was dropped');
    sizes.push({ bytes, usedBytes });
    if (round % 20 === 19) progress(`round ${round + 1} of ${ROUNDS}`);
  }
  const [second, last] = [sizes[1], sizes.at(-1)];
  for (const size of ['bytes', 'usedBytes']) {
    check(
      last[size] <= GROWTH * second[size] + (size === 'bytes' ? PAGE : 0),
      `${size}: ${second[size]}, then ${last[size]}`,
    );
  }
  figures.rounds = { rounds: ROUNDS, series: SERIES, ...second, bytesInTheEnd: last.bytes };
  figures.rounds.usedBytesInTheEnd = last.usedBytes;
});
