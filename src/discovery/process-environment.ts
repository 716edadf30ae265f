// The environment of a process: all facts that decide about its heap.

import { readFileSync, readlinkSync, statSync } from 'fs';
import { basename } from 'path';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { applicationOf, type Application } from './application';
import { freshId } from './digest';

/** The identity of a process, as the kernel knows it. An unknown field is 0. @internal */
export interface Identity {
  uid: number;
  pid: number;
  parent: number;
  pidNamespace: string;
  startTime: number;
}

/** All facts for the choice of a heap, so that the choice itself is a pure function. @internal */
export interface ProcessEnvironment {
  /** The environment of this isolate. A worker thread may have its own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The choice of the first isolate of this process, if there is one. */
  readonly processToken: string | null;
  /** The layout version that this package writes and reads. */
  readonly layout: number;
  /** The application that this process belongs to. */
  readonly application: Application;
  /** Whether the process has a channel to its parent, as cluster workers and forked processes have. */
  readonly isForked: boolean;
  /** Whether this is a worker of a cluster. It belongs to its primary, whatever package its script is in. */
  readonly isClusterWorker: boolean;
  /** The kernel's number of the file system of the shared memory; empty if there is none. */
  readonly sharedMemory: string;
  /** The test runner of this file, if there is one. */
  readonly testRunner: string | undefined;
  /** The kernel's identity of this process, or of another one. */
  identity(pid?: number): Identity;
  /** A random id of 32 hex digits. */
  freshId(): string;
}

/** The part of the binding that is used here. @internal */
export interface Kernel {
  layout: number;
  processToken(): string | null;
  identity(pid?: number): Identity;
}

/** Gathers the facts about this process. @internal */
export function readProcessEnvironment(kernel: Kernel): ProcessEnvironment {
  const { env: environment } = process;
  // The binding reads several files for it.
  const self = kernel.identity();
  return {
    environment,
    processToken: kernel.processToken(),
    layout: kernel.layout,
    application: applicationOf(process.argv[1], workingDirectory()),
    isForked: isForked(self.parent),
    isClusterWorker: startedWith('NODE_UNIQUE_ID', () => builtin.cluster().isWorker),
    sharedMemory: sharedMemory(),
    testRunner: testRunnerOf(environment),
    identity: (pid) => (pid === undefined ? self : kernel.identity(pid)),
    freshId,
  };
}

/** Whether this process was forked, by the process that is its parent still. */
function isForked(parent: number): boolean {
  const wasForked =
    typeof process.send === 'function' || startedWith('NODE_CHANNEL_FD', () => false);
  return wasForked && !isAdoptedBy(parent);
}

/**
 * Whether the parent has only adopted this process: the first process of the system does so, or one that asked for it. A
 * process that forks runs the same program.
 */
function isAdoptedBy(parent: number): boolean {
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
 * Whether this process was started with that variable. Node removes its own variables from `process.env` at once, and a
 * worker thread has another environment. The kernel's copy of the environment still has the variables.
 */
function startedWith(variable: string, otherwise: () => boolean): boolean {
  started ??= firstEnvironment();
  return started === '' ? otherwise() : started.includes(`\0${variable}=`);
}

/** The environment with which this process was started, each variable behind a null; empty if the kernel does not tell. */
let started: string | undefined;

function firstEnvironment(): string {
  try {
    return `\0${readFileSync('/proc/self/environ', 'latin1')}`;
  } catch {
    return '';
  }
}

/** A process with another `/dev/shm`, as in a container, does not find the files of its relatives there. */
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
  // jest-worker sets this variable in production too, without Jest (as in Next.js).
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
