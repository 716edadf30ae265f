// A second program that reads the heap of examples/named-heap.mjs. It joins nothing, and keeps nothing alive.
//
//   node examples/look-into.mjs
import { MpmetricsError, open } from 'mpmetrics';

try {
  const heap = open({ name: process.env.HEAP ?? 'billing', mode: 'read' });
  console.log(await heap.register.metrics());
  heap.close();
} catch (error) {
  if (!(error instanceof MpmetricsError) || error.code !== 'MPMETRICS_NO_SUCH_HEAP') throw error;
  console.log('# Nobody has that heap open. Start examples/named-heap.mjs first.');
}
