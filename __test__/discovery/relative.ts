// One process or thread of a family: reports which heap it would join, and starts the next generation.
//
// The last argument contains its plan as JSON, for a thread too.

import { fork, spawn } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId, Worker } from 'node:worker_threads';
import type { Discovery } from '../../src/discovery/discovery';

/** The plan for one member of the family. */
export interface Plan {
  /** When it imports the package: `first`, before it starts others (the default), or `late`, after they have ended. */
  imports?: 'first' | 'late' | 'never';
  /** The members to start. */
  starts?: Start[];
}

/** A member to start. */
export interface Start extends Plan {
  how: 'cluster' | 'fork' | 'spawn' | 'thread';
  /** How many. Default: 1. */
  times?: number;
  /** The main script, for processes. Default: this one's. */
  main?: string;
  /** The environment. Default: this one's. */
  environment?: Record<string, string | undefined>;
}

/** The report of each member that imports the package, one line each. */
export interface Report extends Discovery {
  pid: number;
  thread: number;
}

const script = fileURLToPath(import.meta.url);

async function report(): Promise<void> {
  const { discover } = await import('../../src/discovery/discovery');
  const found: Report = { ...discover(), pid: process.pid, thread: threadId };
  // Otherwise threads write through their process, which may end first.
  writeSync(1, `${JSON.stringify(found)}\n`);
}

/** The script of another such process. Another application has its own main script. */
function ownMain(): string {
  return isMainThread ? (process.argv[1] ?? script) : script;
}

/** Starts a member, and waits for its end. */
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
