// A process that serves its metrics, and then follows its orders: it blocks its event loop, ends, or dies.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Counter } from '../../src/metrics/counter';
import { Gauge } from '../../src/metrics/gauge';
import type { HttpServerOptions } from '../../src/server/options';
import { startHttpServer } from '../../src/server/start';

/** The orders, one after the other. */
export interface Task {
  /** Starts the server. */
  serve?: HttpServerOptions;
  /** Adds a gauge with a `collect` function. */
  collector?: boolean;
  /** Prints a line on standard output. */
  say?: string;
  /** Blocks the event loop until a file of that name exists. */
  block?: string;
  /** Waits for a line on standard input. */
  listen?: boolean;
  /** Waits for so many milliseconds. */
  wait?: number;
}

const requests = new Counter({ name: 'requests_total', help: 'Requests' });
requests.inc(3);

for (const task of JSON.parse(process.argv.at(-1) ?? '[]') as Task[]) {
  if (task.serve) {
    try {
      console.log(`serving ${(await startHttpServer(task.serve)).url}`);
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      console.log(`refused ${code} ${message}`);
    }
  }
  if (task.collector) {
    let runs = 0;
    const collected: Gauge = new Gauge({
      name: 'collected',
      help: 'How often collect has run',
      collect: () => collected.set((runs += 1)),
    });
  }
  if (task.say) console.log(task.say);
  // Otherwise output to a pipe is written later.
  await new Promise((resolve) => setImmediate(resolve));
  if (task.block) {
    const never = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(task.block)) Atomics.wait(never, 0, 0, 20);
  }
  if (task.listen) {
    await once(process.stdin, 'data');
    process.stdin.pause();
  }
  if (task.wait) {
    const { wait } = task;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
