// "One process hung while it started, and each new worker blocked its event loop for five seconds, again and again."
//
// The wait at the gate is short and bounded, and a retry does not wait. No process is joined wrongly: it counts alone meanwhile.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { onLinux } from '../support/systems';
import { program } from './support/program';

/** The gate of the heap of that process. */
function gateOf(pid: number): string {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  return `${/(\/dev\/shm\/mpm\.\w+)\./.exec(maps)?.[1]}.gate`;
}

onLinux.serial('a newcomer counts at once, and joins when the gate is free', async (t) => {
  const environment = { MPMETRICS_NAME: `gate-${randomBytes(6).toString('hex')}` };
  const first = program(
    t,
    `import { Counter, register } from 'mpmetrics';
     new Counter({ name: 'c', help: 'C' }).inc();
     console.log('ready');
     process.stdin.on('data', async () => console.log((await register.metrics()).match(/^c .*/m)[0]));`,
    { environment },
  );
  await first.line(/ready/);
  const holder = program(
    t,
    `import { spawn } from 'node:child_process';
     spawn('flock', [${JSON.stringify(gateOf(first.pid))}, '-c', 'echo held; sleep 600'], { stdio: 'inherit' });
     process.stdin.resume();`,
  );
  await holder.line(/held/);
  const newcomer = program(
    t,
    `import { Counter, open } from 'mpmetrics';
     new Counter({ name: 'c', help: 'C' }).inc();
     console.log(JSON.stringify(open().info().shared));
     process.stdin.resume();`,
    { environment },
  );
  await newcomer.line(/false/);
  // The message has the length of the wait. One holder gets far less than five seconds.
  const warning = /stayed locked for ([\d.]+) s/;
  while (!warning.test(newcomer.errors)) await new Promise((resolve) => setTimeout(resolve, 50));
  const [, seconds] = warning.exec(newcomer.errors) ?? [];
  t.true(Number(seconds) < 5, newcomer.errors);
  process.kill(-holder.pid, 'SIGKILL');
  for (;;) {
    first.tell('scrape');
    if (/^c 2$/m.test(first.output)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.pass();
});
