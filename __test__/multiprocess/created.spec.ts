// Start times as OpenMetrics and families show them: the same for all processes, and later after a restart from zero.
import assert from 'node:assert/strict';
import test from 'ava';
import { Actor, application } from './support/actors';

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

/** The start times that an actor shows, which are the same as data and as samples. */
async function times(actor: Actor): Promise<Record<string, number>> {
  const [text, families] = await actor.run(async ({ register }) => [
    await register.openMetrics({ created: true }),
    await register.families(),
  ]);
  const lines = text.matchAll(/^(\w)_created\{x="a"\} ([\d.]+)$/gm);
  const found = Object.fromEntries([...lines].map(([, name, time]) => [name, Number(time)]));
  for (const { name, series } of families) {
    const [first] = series as readonly { startTime: number }[];
    assert.equal(first?.startTime, found[name], name);
  }
  return found;
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
    // The replacement goes on with the cells of the process that was killed.
    const replacement = new Actor('fork');
    t.teardown(async () => replacement.kill());
    await update(replacement);
    for (const actor of [replacement, third]) t.deepEqual(await times(actor), created);

    // Restarts by reset() and by remove(), in any process.
    await second.run((_, { metrics }) => {
      metrics.c.reset();
      metrics.h.remove('a');
      metrics.s.remove('a');
    });
    const others = [...actors.slice(1), replacement];
    for (const actor of others) await update(actor);
    const again = await times(third);
    t.deepEqual(Object.keys(again), ['c', 'h', 's']);
    for (const [name, time] of Object.entries(again))
      t.true(time > (created[name] as number), name);
    for (const actor of others) t.deepEqual(await times(actor), again);
  },
);
