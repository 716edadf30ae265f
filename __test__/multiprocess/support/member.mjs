// A member of a family of processes and threads: counts itself, starts its children, and reports
// the totals that they see.
//
// given:
//   starts     children: { kind, ...their `given` }; `program` is another main script
//   imports    'all' (the default): the package, and a counter; 'package': the package only; 'nothing'
//   opens      the name of the heap to count in, in place of the default one
//   reads      the name of a heap to read only
import { given, leave, order, send } from './channel.mjs';
import { start } from './children.mjs';
import { heapsOf } from './heaps.mjs';

const { starts = [], imports = 'all', opens, reads } = given;

const client = imports === 'nothing' ? undefined : await import('mpmetrics');
const heap = opens && client.open({ name: opens });
const register = heap?.register ?? client?.register;
if (imports === 'all' && reads === undefined) {
  const options = { name: 'members_total', help: 'Members of the family', registers: [register] };
  new client.Counter(options).inc();
}

const children = [];
for (const { kind, program = 'member.mjs', ...rest } of starts) {
  const child = start(kind, program, rest);
  // One after the other, so that each has counted itself before the next one starts.
  await child.next('ready');
  children.push(child);
}
send({ event: 'ready' });

// The first member has no parent to ask it.
if (given.isFirst) {
  const { totals, heaps } = await look();
  await dismiss();
  send({ event: 'report', totals, heaps: [...new Set(heaps)] });
} else {
  await order();
  send({ event: 'look', ...(await look()) });
  await order();
  await dismiss();
}
heap?.close();
leave();

/** The totals of this member and its descendants, after all of them have counted. */
async function look() {
  const totals = imports === 'all' ? [await total()] : [];
  const heaps = heapsOf();
  for (const child of children) {
    const seen = await child.ask('look');
    totals.push(...seen.totals);
    heaps.push(...seen.heaps);
  }
  return { totals, heaps };
}

async function total() {
  const shown = reads === undefined ? null : client.open({ name: reads, mode: 'read' });
  const text = await (shown?.register ?? register).metrics();
  shown?.close();
  return Number(/^members_total (\d+)$/m.exec(text)?.[1] ?? 0);
}

async function dismiss() {
  for (const child of children) child.send({ order: 'leave' });
  await Promise.all(children.map(({ ended }) => ended));
}
