// The program, and an application that it looks at.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { neutral } from '../multiprocess/support/run';
import { endGroup } from '../support/group';

/** The program, as it is published. */
export const program = fileURLToPath(new URL('../../dist/src/cli/cli.js', import.meta.url));
const shop = fileURLToPath(new URL('shop.cjs', import.meta.url));

/** The outcome of a command. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** Runs a command of the program to its end. */
export async function cli(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return outcomeOf([process.execPath, program, ...args], { environment });
}

/** How to run a command: on top of this environment, in which folder, and as which user. */
interface Running {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly uid?: number;
}

/** Runs any command to its end. The tests beside it go on. */
export async function outcomeOf(
  [command = '', ...args]: readonly string[],
  { environment = {}, uid, cwd }: Running = {},
): Promise<Outcome> {
  const child = spawn(command, args, {
    env: { ...neutral(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, out, errors };
}

let shops = 0;

/** The name of a heap that no other test has. */
export function freshName(): string {
  shops += 1;
  return `cli-${process.pid}-${shops}`;
}

/** A cluster under load. It ends with the test. */
export class Shop {
  readonly name: string;
  readonly process: ChildProcess;
  /** The processes of its workers. */
  workers: readonly number[] = [];

  private constructor(name: string, started: ChildProcess) {
    this.name = name;
    this.process = started;
  }

  /** Starts it, and waits until each worker has counted. */
  static async start(
    t: ExecutionContext,
    { name = freshName(), workers = 4, environment = {} as NodeJS.ProcessEnv } = {},
  ): Promise<Shop> {
    const started = spawn(process.execPath, [shop, String(workers)], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...neutral(), MPMETRICS_NAME: name, ...environment },
    });
    t.teardown(() => endGroup(started.pid as number));
    const own = new Shop(name, started);
    const [ready] = (await once(started, 'message')) as [{ workers: number[] }];
    own.workers = ready.workers;
    return own;
  }

  /** Puts every worker into an endless loop. */
  async block(): Promise<void> {
    this.process.send('block');
    await once(this.process, 'message');
  }

  /** Kills all of its processes. */
  async kill(): Promise<void> {
    const exit = once(this.process, 'exit');
    endGroup(this.process.pid as number);
    await exit;
    // Until the kernel has released all leases.
    const isAlive = (): boolean => this.workers.some((pid) => exists(pid));
    while (isAlive()) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The program's command line, for a shell. */
export function node(): string[] {
  return [process.execPath, program];
}
