// Runs a program of this folder as an application of its own, and sees to it that nothing of it stays behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { endGroup } from '../../support/group';

/** Where heaps have their files. */
const DIRECTORY = '/dev/shm';

/** What a program says last. */
export interface Report {
  /** The heaps that it has used, as their files are named. */
  heaps?: string[];
}

/** How to start a program. */
export interface Start {
  /** What the program finds as `given`. */
  given: object;
  /** Variables on top of this environment, in which nothing is said of heaps. */
  environment?: NodeJS.ProcessEnv;
}

/**
 * Starts a program and returns its report, once all of its processes have ended by themselves. Throws when one of them
 * fails; fails the test when files of its heaps are left.
 */
export async function run<Said extends Report>(
  t: ExecutionContext,
  program: string,
  { given, environment = {} }: Start,
): Promise<Said> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { ...neutral(), ...environment, CHANNEL: JSON.stringify(given) },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  t.teardown(() => endGroup(child.pid as number));
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  let report: Said | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as { event: string };
    if (message.event === 'report') report = message as unknown as Said;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0 || report === undefined) {
    throw new Error(`${program} ended with ${code ?? signal}: ${errors}`);
  }
  if (errors !== '') t.log(errors);
  t.deepEqual(filesOf(report.heaps ?? []), [], 'nothing is left in shared memory');
  return report;
}

/** This environment without a word about heaps. The tier stays: the whole suite runs in both. */
export function neutral(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => name === 'MPMETRICS_TIER' || !name.startsWith('MPMETRICS'),
    ),
  );
}

function filesOf(heaps: readonly string[]): string[] {
  // Only Linux tells which heaps they are.
  if (heaps.length === 0) return [];
  return readdirSync(DIRECTORY).filter((name) => heaps.some((heap) => name.startsWith(heap)));
}
