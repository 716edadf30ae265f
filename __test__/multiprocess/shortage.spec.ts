// The lock of the label map is held by a process that does not go on: what is new waits once, and nothing is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import test from 'ava';
import { application, type Actor } from './support/actors';

/** The file of the lock in the heap of that process. */
function lockOf(pid: number): string {
  const [, heap] = /(\/dev\/shm\/mpm\.\w+)\./.exec(readFileSync(`/proc/${pid}/maps`, 'utf8')) ?? [];
  return `${heap}.map`;
}

test.serial('what is counted while a stopped process holds the lock is added later', async (t) => {
  const [actor, reader] = application(t, 'fork', 'threads') as [Actor, Actor];
  await actor.run((client, kept) => {
    const options = { help: 'H', labelNames: ['x'] };
    const metrics = {
      counter: new client.Counter({ name: 'counter', ...options }),
      gauge: new client.Gauge({ name: 'gauge', ...options }),
      shared: new client.Gauge({ name: 'shared', aggregator: 'shared', ...options }),
      histogram: new client.Histogram({ name: 'histogram', buckets: [1], ...options }),
      summary: new client.Summary({ name: 'summary', percentiles: [0.5], ...options }),
    };
    const { counter, gauge, shared, histogram, summary } = metrics;
    kept.update = (times: number): void => {
      for (let time = 0; time < times; time += 1) {
        counter.inc({ x: 'new' });
        gauge.inc({ x: 'new' });
        shared.inc({ x: 'new' });
        histogram.observe({ x: 'new' }, 0.25);
        summary.observe({ x: 'new' }, 0.25);
      }
    };
  });
  const scrape = async (): Promise<string> =>
    reader.run(async (client) => client.register.metrics({ own: true }));
  await scrape();
  // It takes the lock, says so, and is stopped.
  const holder = spawn('flock', [lockOf(actor.pid), '-c', 'echo held; sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const group = -(holder.pid as number);
  t.teardown(() => holder.exitCode === null && process.kill(group, 'SIGKILL'));
  await once(holder.stdout, 'data');
  process.kill(group, 'SIGSTOP');

  await actor.run((_, { update }) => update(10));
  const meanwhile = await scrape();
  t.notRegex(meanwhile, /x="new"/);
  t.regex(meanwhile, /^mpmetrics_dropped_series_total\{reason="busy"\} 5$/m);

  process.kill(group, 'SIGKILL');
  await once(holder, 'exit');
  // At every 64th update it is tried again.
  await actor.run((_, { update }) => update(100));
  const text = await scrape();
  for (const line of [
    'counter{x="new"} 110',
    'gauge{x="new"} 110',
    'shared{x="new"} 110',
    'histogram_bucket{le="1",x="new"} 110',
    'histogram_sum{x="new"} 27.5',
    'summary_sum{x="new"} 27.5',
    'summary_count{x="new"} 110',
    // Nobody saw them for a while: that stays said.
    'mpmetrics_dropped_series_total{reason="busy"} 5',
  ]) {
    t.true(text.includes(`\n${line}\n`), `${line} in\n${text}`);
  }
  await Promise.all([actor, reader].map(async (one) => one.leave()));
});
