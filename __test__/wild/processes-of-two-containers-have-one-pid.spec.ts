// "Two containers share /dev/shm. Both processes are pid 1, and a gauge by pid shows their sum."
//
// Equal pids of different pid namespaces are different processes, and the label says which is which.

import { randomBytes } from 'node:crypto';
import { withNamespaces } from '../support/systems';
import { program } from './support/program';

withNamespaces('a gauge by pid has a series for each container', async (t) => {
  const service = program(
    t,
    `import { spawn } from 'node:child_process';
     import { once } from 'node:events';
     import { Gauge, register } from 'mpmetrics';
     const gauge = new Gauge({ name: 'level', help: 'L', aggregator: 'all' });
     if (process.argv[2] !== undefined) {
       gauge.set(Number(process.argv[2]));
       process.stdout.write(String(process.pid));
       setInterval(() => undefined, 1000);
     } else {
       const containers = ['3', '4'].map((level) =>
         spawn('unshare', ['-rpf', '--kill-child', process.execPath, process.argv[1], level], {
           stdio: ['ignore', 'pipe', 'inherit'],
         }),
       );
       const first = containers.map(({ stdout }) => once(stdout, 'data'));
       const pids = (await Promise.all(first)).map(([pid]) => String(pid));
       const text = await register.metrics();
       console.log(JSON.stringify([pids, text.match(/^level.*$/gm)]));
       for (const container of containers) container.kill('SIGKILL');
       process.exit();
     }`,
    { environment: { MPMETRICS_NAME: `pids-${randomBytes(6).toString('hex')}` } },
  );
  await service.ended;
  t.is(service.errors, '');
  const [pids, levels] = JSON.parse(service.output) as [string[], string[]];
  t.deepEqual(pids, ['1', '1']);
  const found = levels.map((line) => /^level\{pid="1@\d+"\} (\d)$/.exec(line)?.[1]);
  t.deepEqual(found.toSorted(), ['3', '4'], service.output);
});
