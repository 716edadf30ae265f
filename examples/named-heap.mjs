// An application with a named heap. examples/look-into.mjs can read the heap while this program runs.
//
//   node examples/named-heap.mjs [seconds]
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Gauge, open } from 'mpmetrics';

const heap = open({ name: process.env.HEAP ?? 'billing' });
const registers = [heap.register];
const invoices = new Counter({ name: 'invoices_total', help: 'Invoices sent', registers });
const queue = new Gauge({ name: 'invoices_waiting', help: 'Invoices to send', registers });

queue.set(100);
for (let sent = 0; sent < 100; sent += 1) {
  await sleep(10);
  invoices.inc();
  queue.dec();
}
console.log('All are sent.');
await sleep(1000 * Number(process.argv[2] ?? 60));
// The last process that has the heap open for writing removes it.
heap.close();
