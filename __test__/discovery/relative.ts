// One process or thread of a family: says which heap it would join, and starts the next generation.
//
// Its plan comes as JSON in the last argument: a thread gets it there too.

import { fork, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId, Worker } from 'node:worker_threads';
import type { Discovery } from '../../src/discovery/discovery';

/** What one member of the family does. */
export interface Plan {
  /** When it imports the package. Default: `first`, before it starts others. `late`: after they have ended. */
  imports?: 'first' | 'late' | 'never';
  /** Whom it starts. */
  starts?: Start[];
}

/** Somebody to be started. */
export interface Start extends Plan {
  how: 'cluster' | 'fork' | 'spawn' | 'thread';
  /** How many. Default: 1. */
  times?: number;
  /** The main script, for processes. Default: this one's. */
  main?: string;
  /** The environment. Default: this one's. */
  environment?: Record<string, string | undefined>;
}

/** What each member that imports the package writes, one line each. */
export interface Report extends Discovery {
  pid: number;
  thread: number;
}

const script = fileURLToPath(import.meta.url);

async function report(): Promise<void> {
  const { discover } = await import('../../src/discovery/discovery');
  const found: Report = { ...discover(), pid: process.pid, thread: threadId };
  // Threads write through their process otherwise, which may end first.
  writeSync(1, `${JSON.stringify(found)}\n`);
}

/** What another process like this one is to run: another application has a main script of its own. */
function ownMain(): string {
  return isMainThread ? (process.argv[1] ?? script) : script;
}

/** Starts somebody, and waits for the end. */
async function start({ how, times = 1, main = ownMain(), environment, ...plan }: Start) {
  const argument = JSON.stringify(plan);
  const env = { ...process.env, ...environment };
  const ends = Array.from({ length: times }, () => {
    switch (how) {
      case 'cluster':
        cluster.setupPrimary({ exec: main, args: [argument] });
        return once(cluster.fork(environment), 'exit');
      case 'fork':
        return once(fork(main, [argument], { env }), 'exit');
      case 'spawn': {
        const parameters = [...process.execArgv, main, argument];
        return once(spawn(process.execPath, parameters, { env, stdio: 'inherit' }), 'exit');
      }
      case 'thread':
        return once(
          new Worker(script, { argv: [argument], ...(environment && { env: environment }) }),
          'exit',
        );
    }
  });
  for (const [code] of await Promise.all(ends)) if (code !== 0) process.exitCode = 1;
}

async function live({ imports = 'first', starts = [] }: Plan): Promise<void> {
  if (imports === 'first') await report();
  for (const each of starts) await start(each);
  if (imports === 'late') await report();
  if (cluster.isWorker) cluster.worker?.disconnect();
}

await live(JSON.parse(process.argv.at(-1) ?? '{}') as Plan);
