// Runs a program of this folder as a separate application, and checks that it leaves no files.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { endGroup } from '../../support/group';

/** The folder of the heaps' files. */
const DIRECTORY = '/dev/shm';

/** The last report of a program. */
export interface Report {
  /** The heaps that it has used, by the names of their files. */
  heaps?: string[];
}

/** Options for the start of a program. */
export interface Start {
  /** The value that the program gets as `given`. */
  given: object;
  /** Variables on top of this environment, without any variable about heaps. */
  environment?: NodeJS.ProcessEnv;
}

/**
 * Starts a program and returns its report after all of its processes have ended in good order. Throws if one of them
 * fails. Fails the test if files of its heaps are left.
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

/** This environment without variables about heaps. The tier stays, because the suite runs in both tiers. */
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
