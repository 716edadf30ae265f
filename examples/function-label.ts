// One histogram for several methods, separated by the label `function`. One method labels its calls by their outcome.
//
//   node build/examples/function-label.js
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Histogram, register } from 'mpmetrics';

const functionTime = new Histogram({
  name: 'function_seconds',
  help: 'Time spent in a function',
  labelNames: ['function', 'outcome'],
});
const failures = new Counter({
  name: 'function_failures_total',
  help: 'Calls that threw',
  labelNames: ['function'],
});
const failedOrders = failures.labels({ function: 'order' });

class Shop {
  @functionTime.time({ function: 'browse', outcome: 'done' })
  async browse(): Promise<void> {
    await sleep(10);
  }

  // The labels of a call may come from its arguments, its result or its error.
  @functionTime.time(({ error }) => ({ function: 'order', outcome: error ? 'failed' : 'done' }))
  @failedOrders.countExceptions(RangeError)
  async order(pieces: number): Promise<number> {
    if (pieces < 1) throw new RangeError('nothing to order');
    await sleep(10);
    return pieces;
  }
}

async function main(): Promise<void> {
  const shop = new Shop();
  await shop.browse();
  await shop.browse();
  await shop.order(3);
  // The error is passed on unchanged.
  await shop.order(0).catch((error: RangeError) => console.log(`# ${error.message}`));
  console.log(await register.metrics());
}

void main();
