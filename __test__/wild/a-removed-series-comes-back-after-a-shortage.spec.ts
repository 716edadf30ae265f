// "While another process was stopped, I counted and then removed a series. A second later it was back."
//
// Updates that a process keeps for a missing series end with the removal of the series, by any method. The overflow
// series keeps its counts.

import { onLinux } from '../support/systems';
import { application, type Actor } from '../multiprocess/support/actors';
import { held, shown } from '../multiprocess/support/held-lock';

onLinux.serial(
  'remove(), reset() and zero() end what was kept while the lock was held',
  async (t) => {
    const [actor, reader] = application(t, 'fork', 'fork') as [Actor, Actor];
    await actor.run((client, kept) => {
      const options = { help: 'H', labelNames: ['x'] };
      kept.removed = new client.Counter({ name: 'removed', ...options });
      kept.child = new client.Counter({ name: 'child', ...options });
      kept.gauge = new client.Gauge({ name: 'gauge', ...options });
      kept.several = new client.Counter({
        name: 'several',
        ...options,
        registers: [client.register, new client.Registry({ name: 'other' })],
      });
      kept.reset = new client.Histogram({ name: 'reset', buckets: [1], ...options });
      kept.summary = new client.Summary({ name: 'summary', percentiles: [], ...options });
      kept.zeroed = new client.Histogram({ name: 'zeroed', buckets: [1], ...options });
      kept.info = new client.Info({ name: 'build', help: 'H', labelNames: ['x'] });
      kept.stays = new client.Gauge({ name: 'stays', ...options });
    });
    const letGo = await held(t, actor.pid);
    await actor.run((_, kept) => {
      const x = { x: 'a' };
      kept.removed.inc(x, 3);
      kept.removed.remove(x);
      kept.bound = kept.child.labels(x);
      kept.bound.inc(3);
      kept.child.remove('a');
      kept.gauge.set(x, 3);
      kept.gauge.remove(x);
      kept.several.inc(x, 3);
      kept.several.remove(x);
      kept.reset.observe(x, 1);
      kept.reset.reset();
      kept.summary.observe(x, 1);
      kept.summary.remove(x);
      kept.zeroed.observe(x, 1);
      kept.zeroed.zero(x);
      kept.info.info(x, { version: '1' });
      kept.info.remove(x);
      kept.stays.set(x, 3);
    });
    await letGo();
    const scrape = async (): Promise<string> =>
      reader.run(async (client) => client.register.metrics());
    // It was kept last, so it is added last.
    await shown(t, scrape, ['stays{x="a"} 3']);
    await actor.run((_, { bound, zeroed }) => {
      bound.inc();
      zeroed.observe({ x: 'a' }, 1);
    });
    const lines = (await scrape()).split('\n').filter((line) => line.includes('x="a"'));
    t.deepEqual(lines, [
      'child{x="a"} 1',
      'zeroed_bucket{le="1",x="a"} 1',
      'zeroed_bucket{le="+Inf",x="a"} 1',
      'zeroed_sum{x="a"} 1',
      'zeroed_count{x="a"} 1',
      'stays{x="a"} 3',
    ]);
    await Promise.all([actor, reader].map(async (one) => one.leave()));
  },
);
