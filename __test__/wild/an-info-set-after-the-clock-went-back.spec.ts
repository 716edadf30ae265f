// "One machine's clock was an hour ahead and was put right. For an hour the page showed the old version."
//
// The info that was set last is shown: by order, not by the time of day.

import test from 'ava';
import { application, type Actor, type Kind } from '../multiprocess/support/actors';

/** An hour in milliseconds. */
const HOUR = 3_600_000;

/** Declares an info without labels and one with a label, and puts the clock of the process ahead. */
async function declare(actor: Actor, ahead: number): Promise<void> {
  await actor.run((client, kept, milliseconds) => {
    const { now } = Date;
    kept.setClock = (shift: number): void => {
      Date.now = () => now() + shift;
    };
    kept.setClock(milliseconds);
    kept.build = new client.Info({ name: 'build', help: 'H' });
    kept.zone = new client.Info({ name: 'zone', help: 'H', labelNames: ['host'] });
  }, ahead);
}

/** Sets both infos to a version. */
async function tell(actor: Actor, version: number): Promise<void> {
  await actor.run((_, { build, zone }, told) => {
    build.info({ version: told });
    zone.info({ host: 'a' }, { version: told });
  }, version);
}

/** The samples of both infos, as a process sees them. */
async function seenBy(actor: Actor): Promise<string[]> {
  const text = await actor.run(async (client) => client.register.metrics());
  return text.split('\n').filter((line) => /^(build|zone)_info/.test(line));
}

function shown(version: number): string[] {
  return [`build_info{version="${version}"} 1`, `zone_info{host="a",version="${version}"} 1`];
}

for (const kinds of [
  ['fork', 'fork', 'fork'],
  ['threads', 'cluster', 'spawn'],
] as [Kind, Kind, Kind][]) {
  test.serial(`the last info counts, whatever the clocks say: ${kinds.join(', ')}`, async (t) => {
    const [fast, right, slow] = application(t, ...kinds) as [Actor, Actor, Actor];
    await declare(fast, HOUR);
    await declare(right, 0);
    await declare(slow, -HOUR);
    for (const [version, actor] of [fast, right, slow, fast, slow, right, fast].entries()) {
      await tell(actor, version);
      for (const reader of [fast, right, slow]) t.deepEqual(await seenBy(reader), shown(version));
    }
    // So does a removal …
    await slow.run((_, { build, zone }) => {
      build.reset();
      zone.remove('a');
    });
    for (const reader of [fast, right, slow]) t.deepEqual(await seenBy(reader), []);
    // … and the info that is set after it.
    await right.run((_, { setClock }) => setClock(-2 * 3_600_000));
    await tell(right, 8);
    for (const reader of [fast, right, slow]) t.deepEqual(await seenBy(reader), shown(8));
  });
}
