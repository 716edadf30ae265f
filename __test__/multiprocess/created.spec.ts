// Creation times in OpenMetrics: the same for all processes, and later after a restart from zero.
import test from 'ava';
import { application, type Actor } from './support/actors';

/** Declares a metric of each kind that has a creation time, and updates them. */
async function update(actor: Actor): Promise<void> {
  await actor.run((client, kept) => {
    if (kept.metrics === undefined) {
      const common = { help: 'H', labelNames: ['x'] };
      kept.metrics = {
        c: new client.Counter({ name: 'c', ...common }),
        h: new client.Histogram({ name: 'h', ...common }),
        s: new client.Summary({ name: 's', ...common }),
      };
    }
    const { c, h, s } = kept.metrics;
    c.inc({ x: 'a' });
    h.observe({ x: 'a' }, 1);
    s.observe({ x: 'a' }, 1);
  });
}

/** The creation times that an actor shows. */
async function times(actor: Actor): Promise<Record<string, number>> {
  const text = await actor.run(async (client) => client.register.openMetrics({ created: true }));
  const lines = text.matchAll(/^(\w)_created\{x="a"\} ([\d.]+)$/gm);
  return Object.fromEntries([...lines].map(([, name, time]) => [name, Number(time)]));
}

test.serial(
  'a series has one creation time for all, which outlives its creator and changes with a restart',
  async (t) => {
    const before = Date.now() / 1000;
    const actors = application(t, 'fork', 'threads', 'cluster', 'spawn');
    const [first, second, third] = actors as [Actor, Actor, Actor];
    await update(first);
    const created = await times(first);
    t.deepEqual(Object.keys(created), ['c', 'h', 's']);
    for (const time of Object.values(created))
      t.true(time >= before - 1 && time <= Date.now() / 1000);
    for (const actor of actors.slice(1)) {
      await update(actor);
      t.deepEqual(await times(actor), created);
    }
    await first.kill();
    t.deepEqual(await times(third), created);

    // Restarts by reset() and by remove(), in any process.
    await second.run((_, { metrics }) => {
      metrics.c.reset();
      metrics.h.remove('a');
      metrics.s.remove('a');
    });
    for (const actor of actors.slice(1)) await update(actor);
    const again = await times(third);
    t.deepEqual(Object.keys(again), ['c', 'h', 's']);
    for (const [name, time] of Object.entries(again))
      t.true(time > (created[name] as number), name);
    for (const actor of actors.slice(1)) t.deepEqual(await times(actor), again);
  },
);
