// Exemplars from active spans in several processes and threads: one of them looks, and an exemplar outlives its process.
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { FamilyExemplar } from '../../index';
import { traceId } from '../support/tracing.mjs';
import { application, type Actor, type Kind } from './support/actors';

const KINDS: Kind[] = ['fork', 'threads', 'cluster', 'spawn'];
/** The helper that makes spans active, for actors. */
const tracing = pathToFileURL(resolve('__test__/support/tracing.mjs')).href;

/** Has an actor set up contexts and the counter. */
async function begin(actor: Actor): Promise<void> {
  await actor.run(async (client, kept, url) => {
    kept['tracing'] = await import(url);
    kept['tracing'].startTracing();
    kept['counter'] = new client.Counter({ name: 'c_total', help: 'C', exemplars: 'trace' });
  }, tracing);
}

/** Has an actor count in a span for that many milliseconds. Returns how often it has asked for the span, and its updates. */
function work(actor: Actor, given: { number: number; time: number; isSampled: boolean }) {
  return actor.run(async (_client, kept, { number, time, isSampled }) => {
    const { asked, inSpan } = kept['tracing'];
    const before = asked.times;
    let updates = 0;
    for (const end = Date.now() + time; Date.now() < end; updates += 100) {
      const update = (): void => {
        for (let times = 0; times < 100; times += 1) kept['counter'].inc();
      };
      inSpan(number, update, { isSampled });
      await new Promise((done) => setTimeout(done, 1));
    }
    return { looks: asked.times - before, updates };
  }, given);
}

/** The counter with its exemplar, as an actor reads it. */
function read(
  actor: Actor,
): Promise<{ value: number; exemplar: FamilyExemplar | null } | undefined> {
  return actor.run(async ({ register }) => {
    const [family] = await register.families();
    return family?.type === 'counter' ? family.series[0] : undefined;
  });
}

test.serial('together they look at a bucket at most once in 90 ms', async (t) => {
  const actors = application(t, ...KINDS);
  await Promise.all(actors.map(begin));
  const start = performance.now();
  const order = { number: 1, time: 1500, isSampled: false };
  const works = await Promise.all(actors.map((actor) => work(actor, order)));
  const intervals = (performance.now() - start) / 90;
  const looks = works.reduce((sum, each) => sum + each.looks, 0);
  t.log(`${looks} looks in ${intervals.toFixed(1)} intervals`);
  // The first and the last interval are not whole.
  t.true(looks >= 1 && looks <= intervals + 2, `${looks} looks in ${intervals} intervals`);
  const value = works.reduce((sum, each) => sum + each.updates, 0);
  t.like(await read(actors[0] as Actor), { value, exemplar: null });
});

test.serial('the exemplar of a killed process stays for seven seconds', async (t) => {
  const actors = application(t, 'fork', 'cluster', 'threads');
  await Promise.all(actors.map(begin));
  const [first, ...others] = actors as [Actor, ...Actor[]];
  await work(first, { number: 1, time: 300, isSampled: true });
  await first.kill();
  const [reader] = others as [Actor];
  const left = (await read(reader))?.exemplar;
  t.is(left?.labels['trace_id'], traceId(1));
  let next = left;
  for (let tries = 0; next?.labels['trace_id'] === traceId(1); tries += 1) {
    t.true(tries < 300, 'another process leaves the next one');
    await Promise.all(
      others.map((actor, at) => work(actor, { number: at + 2, time: 100, isSampled: true })),
    );
    await sleep(10);
    next = (await read(reader))?.exemplar;
  }
  t.true((next?.timestamp ?? 0) - (left?.timestamp ?? 0) >= 7);
  t.true([traceId(2), traceId(3)].includes(next?.labels['trace_id'] ?? ''));
});
