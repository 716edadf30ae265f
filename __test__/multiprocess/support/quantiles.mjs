// An application with writers that observe values of many distributions. It reports the quantiles of all writers
// together, and the true ones.
//
// given: kind (of the writers), writers (how many), count (of the values of each, for each distribution)
import { given, leave, send } from './channel.mjs';
import { start } from './children.mjs';
import { DISTRIBUTIONS, valuesOf } from './distributions.mjs';
import { heapsOf } from './heaps.mjs';
import { atMoment, MAX_AGE, PERCENTILES, summaries } from './summaries.mjs';

const { kind, writers, count } = given;
const { ofAll, ofRecent } = summaries();
const children = Array.from({ length: writers }, (_, writer) =>
  start(kind, 'observer.mjs', { writer, count }),
);
await Promise.all(children.map((child) => child.next('done')));
const moment = process.hrtime();
for (const child of children) child.send({ order: 'recent', moment });
await Promise.all(children.map((child) => child.next('recent')));
const recent = numbersOf(await atMoment(moment, () => ofRecent.get()));
const found = (await ofAll.get()).values;
const quantiles = Object.keys(DISTRIBUTIONS).flatMap((distribution) => {
  const exact = exactQuantiles(distribution);
  const own = found.filter(({ labels }) => labels.distribution === distribution);
  return PERCENTILES.map((quantile, index) => ({
    distribution,
    quantile,
    found: own.find(({ labels }) => labels.quantile === quantile).value,
    exact: exact[index],
  }));
});
const counts = found
  .filter(({ metricName }) => metricName === 'of_all_count')
  .map(({ value }) => value);
const [second, nanosecond] = moment;
const old = numbersOf(await atMoment([second + MAX_AGE, nanosecond], () => ofRecent.get()));
const heaps = heapsOf();
for (const child of children) child.send({ order: 'leave' });
await Promise.all(children.map(({ ended }) => ended));
send({ event: 'report', heaps, quantiles, counts, recent, old });
leave();

/** By nearest rank, over the values of all writers. */
function exactQuantiles(distribution) {
  const values = new Float64Array(writers * count);
  let next = 0;
  for (let writer = 0; writer < writers; writer += 1) {
    for (const value of valuesOf(distribution, writer, count)) values[next++] = value;
  }
  values.sort();
  return PERCENTILES.map((quantile) => values[Math.max(1, Math.ceil(quantile * next)) - 1]);
}

function numbersOf({ values }) {
  return values.map(({ value }) => value);
}
