// "We start jobs in a mount namespace of their own. Their counts are on no page, and nothing says so."
//
// A process inherits the heap of the process that started it. With another /dev/shm it counts in another heap: its page and a
// warning say so, and its server does not wait for the one of the first process.

import { withNamespaces } from '../support/systems';
import { program } from './support/program';

withNamespaces(
  'a process with another /dev/shm has a page of its own, which says so',
  async (t) => {
    const service = program(
      t,
      `import { spawn } from 'node:child_process';
     import { once } from 'node:events';
     import { Counter, register, startHttpServer } from 'mpmetrics';
     const jobs = new Counter({ name: 'jobs_total', help: 'J' });
     const { url } = await startHttpServer({ port: 0 });
     const page = await (await fetch(url)).text();
     if (process.argv[2] === 'job') {
       jobs.inc(5);
       const own = await (await fetch(url)).text();
       console.log('job', own.match(/^(?:jobs_total|mpmetrics_partial.*) [1-9].*$/gm));
       process.exit();
     }
     jobs.inc(2);
     const mount = 'mount -t tmpfs tmpfs /dev/shm && exec "$@"';
     const job = spawn(
       'unshare',
       ['-rm', 'sh', '-c', mount, 'sh', process.execPath, process.argv[1], 'job'],
       { stdio: 'inherit' },
     );
     await once(job, 'close');
     console.log('service', (await register.metrics()).match(/^(?:jobs_total|mpmetrics_partial.*) [1-9].*$/gm));
     process.exit();`,
    );
    await service.ended;
    t.regex(
      service.output,
      /^job \[ 'jobs_total 5', 'mpmetrics_partial\{reason="mount_namespace"\} 1' \]$/m,
      service.errors,
    );
    t.regex(service.output, /^service \[ 'jobs_total 2' \]$/m);
    t.regex(service.errors, /\[MPMETRICS_DISCOVERY\].* has another \/dev\/shm/);
  },
);
