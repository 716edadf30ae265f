// "Two instances, each forked by a start script that has ended, show each other's counts."
//
// A process that has only taken in an orphan, such as the first one of the system, is no common ancestor.

import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onLinux } from '../support/systems';
import { program, until } from './support/program';

onLinux('forks whose start scripts have ended count for themselves', async (t) => {
  const file = join(process.cwd(), 'build/wild', `orphan-${randomBytes(6).toString('hex')}.mjs`);
  mkdirSync(join(process.cwd(), 'build/wild'), { recursive: true });
  // The program imports the package after the start script has ended.
  writeFileSync(
    file,
    `import { readFileSync } from 'node:fs';
     const [, , forker] = process.argv;
     const parent = () => /^PPid:\\s*(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1];
     while (parent() === forker) await new Promise((resolve) => setTimeout(resolve, 10));
     const { Counter, open } = await import('mpmetrics');
     new Counter({ name: 'jobs_total', help: 'J' }).inc();
     const { name, why } = open().info();
     console.log(JSON.stringify({ pid: process.pid, name, why }));
     setInterval(() => undefined, 1000);`,
  );
  t.teardown(() => rmSync(file, { force: true }));
  const start = () =>
    program(
      t,
      `import { fork } from 'node:child_process';
       const instance = fork(${JSON.stringify(file)}, [String(process.pid)], { stdio: 'inherit' });
       instance.disconnect();
       instance.unref();`,
    );
  const starts = [start(), start()];
  const found = await Promise.all(
    starts.map(async (script) => {
      const line = await until(() => /^\{.*\}$/m.exec(script.output)?.[0]);
      return JSON.parse(line) as { pid: number; name: string; why: string };
    }),
  );
  for (const { pid } of found) process.kill(pid);
  t.is(new Set(found.map(({ name }) => name)).size, 2, JSON.stringify(found));
  for (const { pid, why } of found) t.is(why, `named by process ${pid}`);
});
