// What a process can see of where it runs: everything that decides which heap is its own.

import { readFileSync } from 'fs';
import { applicationOf, type Application } from './application';
import { freshId } from './digest';

/** Who a process is, as the kernel says it. What it does not tell is 0. @internal */
export interface Identity {
  uid: number;
  pid: number;
  parent: number;
  pidNamespace: string;
  startTime: number;
}

/** All that decides, gathered, so that the decision itself is a function of it. @internal */
export interface Surroundings {
  /** The environment of this isolate: a worker thread may have one of its own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the first isolate of this process decided, if it has. */
  readonly processToken: string | null;
  /** The layout version that this package writes and reads. */
  readonly layout: number;
  /** The application that this process belongs to. */
  readonly application: Application;
  /** Whether the parent talks to this process: cluster workers and what `child_process.fork` starts. */
  readonly isForked: boolean;
  /** The test runner that runs this file, if one does. */
  readonly testRunner: string | undefined;
  /** Asks the kernel who this process is, or another one. */
  identity(pid?: number): Identity;
  /** 32 hex digits that no other heap has, for one that nobody else is to find. */
  freshId(): string;
}

/** What this package asks of the binding. @internal */
export interface Kernel {
  layout: number;
  processToken(): string | null;
  identity(pid?: number): Identity;
}

/** Looks around. @internal */
export function lookAround(kernel: Kernel): Surroundings {
  const { env: environment } = process;
  return {
    environment,
    processToken: kernel.processToken(),
    layout: kernel.layout,
    application: applicationOf(process.argv[1], workingDirectory()),
    isForked: isForked(),
    testRunner: testRunnerOf(environment),
    identity: kernel.identity,
    freshId,
  };
}

/**
 * Whether this process was forked. Node takes the variables that say so out of `process.env` at once, and a worker
 * thread has no channel to the parent; what the kernel keeps of the environment still has them.
 */
function isForked(): boolean {
  if (typeof process.send === 'function') return true;
  try {
    return /(?:^|\0)NODE_CHANNEL_FD=/.test(readFileSync('/proc/self/environ', 'latin1'));
  } catch {
    return false;
  }
}

/** The test runner that set these variables. @internal */
export function testRunnerOf(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  // jest-worker sets its variable in production too, where it is not Jest that runs (Next.js does that).
  if (environment['JEST_WORKER_ID'] && environment['NODE_ENV'] !== 'production') return 'Jest';
  if (environment['VITEST']) return 'Vitest';
  if (environment['NODE_TEST_CONTEXT']) return 'node --test';
  return undefined;
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '/'; // the directory is gone
  }
}
