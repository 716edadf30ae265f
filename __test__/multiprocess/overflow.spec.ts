// A label with too many values: the series that cannot be made count in the overflow series of their family, so the sum over
// the family is right, also when a writer is killed.

import { onUnix } from '../support/systems';
import { application, type Actor, type Kind } from './support/actors';

const VALUES = 20_000;
const LIMIT = 1000;

/** Declares the metrics of a writer, with a limit. */
async function declares(actor: Actor, limit: number): Promise<void> {
  await actor.run((client, kept, most) => {
    process.env['MPMETRICS_SERIES_LIMIT'] = `${most}`;
    const options = { help: 'H', labelNames: ['id'] };
    kept.counter = new client.Counter({ name: 'counter', ...options });
    kept.histogram = new client.Histogram({ name: 'histogram', buckets: [1], ...options });
    kept.summary = new client.Summary({ name: 'summary', percentiles: [], ...options });
  }, limit);
}

/** Counts once for each value of the label. */
async function counts(actor: Actor, values: number): Promise<void> {
  await actor.run((_, { counter, histogram, summary }, many) => {
    for (let id = 0; id < many; id += 1) {
      counter.inc({ id });
      if (id % 10 === 0) histogram.observe({ id }, 1);
      if (id % 10 === 0) summary.observe({ id }, 1);
    }
  }, values);
}

/** The number of series, and the sum over them, of each sample name. */
function sums(text: string, name: string): { series: number; sum: number; overflow: number } {
  const found = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\d+)$`, 'gm'))];
  const overflow = found.find(([, labels]) => labels === 'otel_metric_overflow="true"');
  return {
    series: found.length,
    sum: found.reduce((sum, [, , value]) => sum + Number(value), 0),
    overflow: Number(overflow?.[2] ?? 0),
  };
}

onUnix.serial('ten writers, 20,000 values, a limit of 1,000: the sums are exact', async (t) => {
  const ways: Kind[] = ['fork', 'fork', 'threads', 'spawn', 'fork', 'fork', 'fork', 'threads'];
  const actors = application(t, ...ways, 'fork', 'fork', 'fork');
  const [reader, ...writers] = actors as [Actor, ...Actor[]];
  await Promise.all(writers.map(async (writer) => declares(writer, LIMIT)));
  const scrape = async (): Promise<string> =>
    reader.run(async (client) => client.register.metrics());
  t.notRegex(await scrape(), /otel_metric_overflow/, 'hidden until it counts');
  const [victim, ...others] = writers as [Actor, ...Actor[]];
  await Promise.all(writers.map(async (writer) => counts(writer, VALUES)));
  await victim.kill();
  const text = await scrape();
  const total = writers.length * VALUES;
  const counter = sums(text, 'counter');
  t.is(counter.series, LIMIT + 1);
  t.is(counter.sum, total);
  t.is(counter.overflow, total - writers.length * LIMIT);
  t.is(sums(text, 'histogram_count').sum, total / 10);
  t.is(sums(text, 'summary_count').sum, total / 10);
  await Promise.all([reader, ...others].map(async (actor) => actor.leave()));
});

onUnix.serial('reset() starts the overflow series from zero, and keeps its memory', async (t) => {
  const [actor, other] = application(t, 'fork', 'fork') as [Actor, Actor];
  for (const one of [actor, other]) await declares(one, 1);
  await counts(actor, 20);
  await counts(other, 20);
  await other.run((_, { counter }) => counter.reset());
  const scrape = async (): Promise<string> =>
    actor.run(async (client) => client.register.metrics());
  t.notRegex(await scrape(), /^counter\{/m);
  await counts(actor, 20);
  t.is(sums(await scrape(), 'counter').sum, 20);
  await Promise.all([actor, other].map(async (one) => one.leave()));
});

onUnix.serial('the counts of the overflow series follow the default labels', async (t) => {
  const [actor] = application(t, 'fork') as [Actor];
  await declares(actor, 1);
  await counts(actor, 20);
  const text = await actor.run(async (client) => {
    client.register.setDefaultLabels({ zone: 'eu' });
    return client.register.metrics();
  });
  t.regex(text, /^counter\{otel_metric_overflow="true",zone="eu"\} 19$/m);
  t.regex(text, /^histogram_count\{zone="eu",otel_metric_overflow="true"\} 1$/m);
  t.is(sums(text, 'counter').sum, 20);
  await actor.leave();
});
