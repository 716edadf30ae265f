// A writer of the kill storm: declares everything, waits for an order, and updates until it is killed.
import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { getPriority, setPriority } from 'node:os';
import { leave, order, send } from '../../../__test__/multiprocess/support/channel.mjs';
import { metrics, writeUntil } from '../../../__test__/multiprocess/support/write.mjs';

/** The priority of writers is lower by this, because a starting spare would otherwise never get a processor. */
const NICER = 5;

metrics();
send({ event: 'ready' });
const given = await order();
if (given.order === 'go') {
  // Linux has a priority for each thread, by its own number.
  const thread = Number(basename(readlinkSync('/proc/thread-self')));
  setPriority(thread, Math.min(getPriority(thread) + NICER, 19));
  let isStopped = false;
  const stopped = order().then(() => (isStopped = true));
  await writeUntil(() => isStopped, { ...given, onStart: () => send({ event: 'started' }) });
  await stopped;
  send({ event: 'done' });
  await order();
}
leave();
