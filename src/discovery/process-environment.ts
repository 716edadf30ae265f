// The environment of a process: all facts that decide about its heap.

import { readFileSync } from 'fs';
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
 * Whether this process was forked. Node removes the telling variables from `process.env` at once, and a worker thread
 * has no channel to the parent. The kernel's copy of the environment still has the variables.
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
