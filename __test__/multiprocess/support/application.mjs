// An application whose writers run in one of many ways, beside a reader. A spec starts it, and reads its report.
//
// The application names no heap: all of its processes find the same one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
// The main process imports the package too, so that its children inherit its heap.
import 'mpmetrics';
import { given, leave, send } from './channel.mjs';
import { start } from './children.mjs';
import { METRICS } from './metrics.mjs';
import { write } from './write.mjs';

const WRITERS = [0, 1, 2, 3];

const reader = start('fork', 'reader.mjs');
await reader.next('ready');
send({ event: 'report', ...(await run(given)) });
leave();

async function run({ kind, updates, kills, isCareless }) {
  if (isCareless) return careless();
  if (kills !== undefined) return killing(kind, kills);
  return kind === 'thread' ? alone(updates) : counting(kind, updates);
}

/** All writers, one after the other, in this thread. */
async function alone(updates) {
  for (const writer of WRITERS) await write({ writer, updates });
  const shares = WRITERS.map((writer) => ({ writer, updates: updates * METRICS.length }));
  const during = await reader.ask('look');
  const live = [{ pid: process.pid, shares }];
  // Its writer stays until the end.
  return { during, live, dead: [], slack: 0, stays: true, ...(await end()) };
}

/** A child for each writer. */
async function counting(kind, updates) {
  const children = WRITERS.map((writer) => start(kind, 'writer.mjs', { writer, updates }));
  await all(children, 'done');
  const during = await reader.ask('look');
  const shares = WRITERS.map((writer) => ({ writer, updates: updates * METRICS.length }));
  const live = children.map(({ pid }, index) => ({ pid, shares: [shares[index]] }));
  await dismiss(children);
  return { during, live, dead: [], slack: 0, ...(await end()) };
}

/** A child for each writer. Again and again one child is killed and replaced. */
async function killing(kind, kills) {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const acknowledgements = join(folder, 'acknowledgements');
  writeFileSync(acknowledgements, new Float64Array(WRITERS.length + kills));
  let rows = 0;
  const begin = (writer) => {
    const row = rows++;
    const child = start(kind, 'writer.mjs', { writer, row, acknowledgements });
    return { child, writer, row };
  };

  const present = WRITERS.map(begin);
  const everyone = (event) =>
    all(
      present.map(({ child }) => child),
      event,
    );
  const gone = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const index = kill % WRITERS.length;
    const victim = present[index];
    await victim.child.next('started');
    // At a random moment.
    await sleep(20 * Math.random());
    await victim.child.kill();
    gone.push(victim);
    present[index] = begin(victim.writer);
  }
  await everyone('started');
  for (const { child } of present) child.send({ order: 'stop' });
  await everyone('done');

  const counts = new Float64Array(Uint8Array.from(readFileSync(acknowledgements)).buffer);
  const shareOf = ({ writer, row }) => ({ writer, updates: counts[row] });
  const live = present.map((one) => ({ pid: one.child.pid, shares: [shareOf(one)] }));
  const during = await reader.ask('look');
  await dismiss(present.map(({ child }) => child));
  return { during, live, dead: gone.map(shareOf), slack: kills, ...(await end()) };
}

/** Two writers without a protocol, until the reader has noticed. */
async function careless() {
  const children = [0, 1].map((writer) =>
    start('fork', 'writer.mjs', { writer, isCareless: true }),
  );
  const failed = children.map(async ({ ended }) => {
    await ended;
    throw new Error('A careless writer has ended before the reader noticed anything.');
  });
  await Promise.race([reader.next('wrong'), ...failed]);
  for (const child of children) child.send({ order: 'stop' });
  await all(children, 'done');
  await dismiss(children);
  return end();
}

async function all(children, event) {
  await Promise.all(children.map((child) => child.next(event)));
}

/** Ends the children in good order. Nothing of the package may keep them alive. */
async function dismiss(children) {
  for (const child of children) child.send({ order: 'leave' });
  await Promise.all(children.map(({ ended }) => ended));
}

/** The last read of the reader, after all writers have ended. */
async function end() {
  const after = await reader.ask('end');
  await reader.ended;
  return { after };
}
