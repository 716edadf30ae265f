// Programs as a report has them: text that imports `mpmetrics` by its name, run as a process of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { neutral } from '../../multiprocess/support/run';
import { endGroup } from '../../support/group';

/** The folder of the programs: inside the package, so that its name leads to it. */
const FOLDER = join(process.cwd(), 'build/wild');

/** How a program is to be run. */
export interface ProgramOptions {
  /** How its text is read. Default: `mjs`. */
  extension?: 'mjs' | 'cjs';
  /** Options of Node.js, such as `--max-old-space-size=256`. */
  flags?: readonly string[];
  /** Variables on top of this environment, in which nothing is said about heaps. */
  environment?: NodeJS.ProcessEnv;
}

/** A program that runs, or did. */
export interface Program {
  /** Its process. */
  readonly child: ChildProcess;
  /** The number of its process. */
  readonly pid: number;
  /** All that it has printed on standard output, up to now. */
  readonly output: string;
  /** All that it has printed on standard error, up to now. */
  readonly errors: string;
  /** Waits until its output matches. Rejects if it ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes a line to its standard input. */
  tell(text: string): void;
  /** Resolves when it has ended, and all of its output is there. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * Runs a program, which ends with the test, and so does all that it has started.
 *
 * ```ts
 * const service = program(t, `
 *   import { startHttpServer } from 'mpmetrics';
 *   console.log((await startHttpServer({ port: 0 })).url);
 *   process.stdin.resume();
 * `);
 * const [url] = await service.line(/http:\S+/);
 * ```
 */
export function program(
  t: ExecutionContext,
  text: string,
  { extension = 'mjs', flags = [], environment = {} }: ProgramOptions = {},
): Program {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${randomBytes(6).toString('hex')}.${extension}`);
  writeFileSync(file, text);
  const child = spawn(process.execPath, [...flags, file], {
    env: { ...neutral(), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid as number;
  let [output, errors, isOver] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
  // A program that has ended reads nothing more.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true;
    return { code, signal } as Awaited<Program['ended']>;
  });
  t.teardown(async () => {
    endGroup(pid);
    await ended;
    rmSync(file, { force: true });
  });
  return {
    child,
    pid,
    ended,
    get output() {
      return output;
    },
    get errors() {
      return errors;
    },
    async line(pattern) {
      return until(() => {
        const found = pattern.exec(output);
        if (found === null && isOver) throw new Error(`The program has ended: ${output}${errors}`);
        return found;
      });
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
  };
}

/** Calls `attempt` until it gives something. The runner's own time limit ends a test that waits in vain. */
export async function until<T>(attempt: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const result = await attempt();
    if (result != null && result !== false) return result;
    await sleep(20);
  }
}
