// Containers: two pid namespaces that share one /dev/shm, each with its own pid 1.
//
// Both use one heap, and no live process is taken for dead, although pids are equal. A kill is noticed: the gauge of
// the process vanishes, its counts stay, and the next process adopts its slot, in any namespace.
import { readFileSync } from 'node:fs';
import { heapName, item, times, unavailable } from './support/item.mjs';
import { whyNot } from './support/namespace.mjs';
import { filesOf, heapsOf } from './support/files.mjs';
import { Actor } from '../../__test__/multiprocess/support/acting.mjs';

process.env.MPMETRICS_NAME = heapName;
const ROUNDS = times(5, 200);
const FLAGS = ['--pid', '--fork', '--kill-child', '--mount-proc'];

await item(async ({ figures, check }) => {
  const denied = whyNot(FLAGS);
  if (denied !== undefined) return unavailable(figures, 'two pid namespaces', denied);
  const container = () => new Actor('spawn', { through: ['unshare', ...FLAGS] });
  const client = await import('mpmetrics');
  const staying = container();
  check((await staying.run(arrive)).pid === 1, 'the first has not pid 1');
  const heap = client.open({ name: heapName, mode: 'read' });
  let kills = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const other = container();
    const { pid, id } = await other.run(arrive);
    check(pid === 1, `the other has pid ${pid}`);
    check(id === heap.info().id, 'they are in two heaps');
    const both = await look(heap);
    check(both.live === 2, `${both.live} of 2 writers live`);
    check(both.present === 2, `the gauge says ${both.present}`);
    check(both.arrived === round + 2, `${both.arrived} have arrived`);
    // As in a container that runs out of memory: its pid 1 is killed, and the namespace with it.
    process.kill(childOf(other.pid), 'SIGKILL');
    await other.ended;
    kills += 1;
    const one = await look(heap);
    check(one.live === 1, `${one.live} of 1 writers live`);
    check(one.present === 1, `the gauge says ${one.present} after the kill`);
    check(one.arrived === round + 2, `of ${round + 2} that have arrived, ${one.arrived} are left`);
  }
  const { writers, adoptions } = heap.info();
  check(writers.length === 2, `there are ${writers.length} slots`);
  figures.kills = kills;
  figures.adoptions = adoptions;
  const heaps = heapsOf();
  await staying.leave();
  heap.close();
  check(filesOf(heaps).length === 0, `left behind: ${filesOf(heaps)}`);
});

/** Counts itself, and returns its pid and the heap's id. */
function arrive(client) {
  new client.Counter({ name: 'arrived_total', help: 'H' }).inc();
  new client.Gauge({ name: 'present', help: 'H' }).set(1);
  const heap = client.open();
  const { id } = heap.info();
  heap.close();
  return { pid: process.pid, id };
}

/** The only child of a process, by its pid in this namespace. */
function childOf(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

async function look(heap) {
  const text = await heap.register.metrics();
  const sample = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    live: heap.info().writers.filter(({ live }) => live).length,
    present: sample('present'),
    arrived: sample('arrived_total'),
  };
}
