// The writer as a separate program, or a thread. It stays until it is told to leave, because gauges of dead writers do
// not count.
import { given, leave, order, send } from './channel.mjs';
import { write, writeCarelessly, writeUntil } from './write.mjs';

if (given.updates === undefined) {
  let isStopped = false;
  const stopped = order().then(() => (isStopped = true));
  const onStart = () => send({ event: 'started' });
  if (given.isCareless) await writeCarelessly(() => isStopped);
  else await writeUntil(() => isStopped, { ...given, onStart });
  await stopped;
} else {
  await write(given);
}
send({ event: 'done' });
await order();
leave();
