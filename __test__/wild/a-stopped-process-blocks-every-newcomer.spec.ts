// "One process hung while it started, and each new worker blocked its event loop for five seconds, again and again."
//
// The wait at the gate is short and bounded, and a retry does not wait. No process is joined wrongly: it counts alone meanwhile.

import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { onLinux } from '../support/systems';
import { program } from './support/program';

const gates = (): string[] =>
  readdirSync('/dev/shm').filter((file) => /^mpm\..*\.gate$/.test(file));

onLinux.serial('a newcomer counts at once, and joins when the gate is free', async (t) => {
  const environment = { MPMETRICS_NAME: `gate-${randomBytes(6).toString('hex')}` };
  const before = new Set(gates());
  const first = program(
    t,
    `import { Counter, register } from 'mpmetrics';
     new Counter({ name: 'c', help: 'C' }).inc();
     console.log('ready');
     process.stdin.on('data', async () => console.log((await register.metrics()).match(/^c .*/m)[0]));`,
    { environment },
  );
  await first.line(/ready/);
  const found = gates().filter((file) => !before.has(file));
  const holder = program(
    t,
    `import { spawn } from 'node:child_process';
     const files = ${JSON.stringify(found)};
     for (const file of files) {
       spawn('flock', ['/dev/shm/' + file, '-c', 'echo held; sleep 600'], { stdio: 'inherit' });
     }
     process.stdin.resume();`,
  );
  await holder.line(new RegExp('(held\\s*){' + found.length + '}'));
  const newcomer = program(
    t,
    `import { Counter, open } from 'mpmetrics';
     new Counter({ name: 'c', help: 'C' }).inc();
     console.log(JSON.stringify(open().info().shared));
     process.stdin.resume();`,
    { environment },
  );
  await newcomer.line(/false/);
  // The message names the time of the wait: that for one holder, not the five seconds for a gate that changes hands.
  const [, seconds] = /stayed locked for ([\d.]+) s/.exec(newcomer.errors) ?? [];
  t.true(Number(seconds) < 5, newcomer.errors);
  process.kill(-holder.pid, 'SIGKILL');
  for (;;) {
    first.tell('scrape');
    if (/^c 2$/m.test(first.output)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.pass();
});
