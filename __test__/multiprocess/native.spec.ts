// Native histograms of several processes and threads: each writer has its own sparse buckets, and a scrape adds them up.
import test from 'ava';
import { Histogram } from '../../index';
import { valuesOf } from '../native/distributions';
import { bucketsOf, expected, seriesRead } from '../native/sparse';
import { application, Actor } from './support/actors';

/** The observations of an actor. */
interface Order {
  name: string;
  values: number[];
  native: object;
}

/** Has an actor observe values. */
async function observe(actor: Actor, order: Order): Promise<void> {
  await actor.run((client, kept, { name, values, native }: Order) => {
    kept.histogram ??= new client.Histogram({ name, help: 'H', buckets: [1, 10], native });
    for (const value of values) kept.histogram.observe(value);
  }, order);
}

/** Values that four writers share. */
function shares(name: string): number[][] {
  const values = valuesOf(name, 8000);
  return [0, 1, 2, 3].map((writer) => values.filter((_, index) => index % 4 === writer));
}

test.serial(
  'values of all writers are in exactly the buckets of a reference, dead writers included',
  async (t) => {
    const actors = application(t, 'fork', 'threads', 'cluster', 'spawn');
    const native = { factor: 1.1 };
    const all = shares('bimodal');
    const metric = new Histogram({ name: 'h', help: 'H', buckets: [1, 10], native });
    await Promise.all(
      actors.map(async (actor, writer) =>
        observe(actor, { name: 'h', values: all[writer] ?? [], native }),
      ),
    );
    const values = all.flat();
    t.deepEqual(await bucketsOf(metric), expected(values, 3));
    const { bucketCounts } = await seriesRead(metric);
    t.deepEqual(
      bucketCounts,
      [
        values.filter((value) => value <= 1),
        values.filter((value) => value > 1 && value <= 10),
        values.filter((value) => value > 10),
      ].map(({ length }) => length),
    );
    // A writer that was killed is counted, and another one goes on with its buckets.
    await actors[0]?.kill();
    const next = new Actor('fork');
    t.teardown(async () => next.kill());
    await observe(next, { name: 'h', values: [1, 2, 3, -5, 0], native });
    t.deepEqual(await bucketsOf(metric), expected([...values, 1, 2, 3, -5, 0], 3));
  },
);

test.serial(
  'each writer becomes coarser by itself, and the sum has the coarsest resolution',
  async (t) => {
    // They join the heap of the first test, in which this process reads.
    const actors = (['fork', 'threads'] as const).map((kind) => new Actor(kind));
    t.teardown(async () => Promise.all(actors.map(async (actor) => actor.kill())));
    const native = { factor: 1.005, maxBuckets: 40, maxZeroThreshold: 1e-3 };
    const metric = new Histogram({ name: 'g', help: 'H', buckets: [1, 10], native });
    const [few = [], many = []] = shares('log-normal');
    await observe(actors[0] as Actor, { name: 'g', values: few.slice(0, 20), native });
    t.deepEqual(await bucketsOf(metric), expected(few.slice(0, 20), 8));
    await observe(actors[1] as Actor, { name: 'g', values: [...many, 0.0005, 0.0001], native });
    const found = await bucketsOf(metric);
    t.true(found.schema < 8 && found.zeroThreshold <= 1e-3);
    const values = [...few.slice(0, 20), ...many, 0.0005, 0.0001];
    t.deepEqual(found, expected(values, found.schema, found.zeroThreshold));
  },
);
