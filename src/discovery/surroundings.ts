// What a process can see of where it runs: everything that decides which heap is its own.

import { readFileSync, readlinkSync, statSync } from 'fs';
import { basename } from 'path';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
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
  /** Whether this is a worker of a cluster: it belongs to its primary, whatever package its script is in. */
  readonly isClusterWorker: boolean;
  /** The file system of the shared memory, as the kernel numbers it; empty where it does not. */
  readonly sharedMemory: string;
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
    isForked: isForked(kernel.identity().parent),
    isClusterWorker: startedWith('NODE_UNIQUE_ID', () => builtin.cluster().isWorker),
    sharedMemory: sharedMemory(),
    testRunner: testRunnerOf(environment),
    identity: kernel.identity,
    freshId,
  };
}

/** Whether this process was forked, by the process that is its parent still. */
function isForked(parent: number): boolean {
  const wasForked =
    typeof process.send === 'function' || startedWith('NODE_CHANNEL_FD', () => false);
  return wasForked && !hasTakenIn(parent);
}

/**
 * Whether a process has only taken in what another one has left: the first of the system, or one that asked for that. Whoever
 * forks runs the same program.
 */
function hasTakenIn(parent: number): boolean {
  const own = programOf('self');
  const others = programOf(parent);
  return own === null || others === null ? parent === 1 : own !== others;
}

function programOf(pid: number | 'self'): string | null {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}

/**
 * Whether this process was started with that variable. Node takes its own out of `process.env` at once, and a worker thread has
 * an environment of its own; what the kernel keeps of the environment still has them.
 */
function startedWith(variable: string, otherwise: () => boolean): boolean {
  try {
    return `\0${readFileSync('/proc/self/environ', 'latin1')}`.includes(`\0${variable}=`);
  } catch {
    return otherwise();
  }
}

/** A process with another `/dev/shm`, as in a container, finds none of the files of its relatives there. */
function sharedMemory(): string {
  try {
    const { dev, ino } = statSync('/dev/shm', { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return '';
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
