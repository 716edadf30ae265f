// A stopped process that holds the lock of the label map, and pages that show the kept updates afterwards.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';

/** The lock file of the heap of that process. */
function lockOf(pid: number): string {
  const [, heap] = /(\/dev\/shm\/mpm\.\w+)\./.exec(readFileSync(`/proc/${pid}/maps`, 'utf8')) ?? [];
  return `${heap}.map`;
}

/** Lets a process take that lock, and stops it. The returned function ends it. */
export async function held(t: ExecutionContext, pid: number): Promise<() => Promise<void>> {
  // The process takes the lock, prints a line, and is stopped. Its child has no part in the lock (`--close`), so the lock
  // is free when the process has ended.
  const command = ['--close', lockOf(pid), '-c', 'echo held; sleep 60'];
  const holder: ChildProcess = spawn('flock', command, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const group = -(holder.pid as number);
  t.teardown(() => {
    if (holder.signalCode === null) process.kill(group, 'SIGKILL');
  });
  await once(holder.stdout as NonNullable<typeof holder.stdout>, 'data');
  process.kill(group, 'SIGSTOP');
  return async () => {
    process.kill(group, 'SIGKILL');
    await once(holder, 'exit');
  };
}

/** Scrapes until the text has all those lines. */
export async function shown(
  t: ExecutionContext,
  scrape: () => Promise<string>,
  lines: readonly string[],
): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const text = await scrape();
    if (lines.every((line) => text.includes(`\n${line}\n`))) {
      t.pass();
      return;
    }
    if (Date.now() > deadline) {
      t.fail(`${lines.join(', ')} not in\n${text}`);
      return;
    }
    await setTimeout(100);
  }
}
