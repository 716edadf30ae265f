// A stopped process holds the lock of the label map. A new series waits once, and no count is lost: the overflow series of
// its family counts meanwhile, and gauges are kept.
import { onLinux } from '../support/systems';
import { Actor, application } from './support/actors';
import { held, shown } from './support/held-lock';

onLinux.serial('counts during a stopped lock holder are added later', async (t) => {
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
  const letGo = await held(t, actor.pid);

  await actor.run((_, { update }) => update(10));
  const meanwhile = await scrape();
  t.notRegex(meanwhile, /x="new"/);
  t.regex(meanwhile, /^mpmetrics_dropped_series_total\{reason="busy"\} 5$/m);
  t.regex(meanwhile, /^counter\{otel_metric_overflow="true"\} 10$/m);
  t.regex(meanwhile, /^histogram_sum\{otel_metric_overflow="true"\} 2.5$/m);
  t.regex(meanwhile, /^summary_count\{otel_metric_overflow="true"\} 10$/m);

  await letGo();
  // The process retries at every 64th update, and after a while.
  await actor.run((_, { update }) => update(100));
  await shown(t, scrape, [
    'gauge{x="new"} 110',
    'shared{x="new"} 110',
    // The count of dropped series stays, because the series were invisible for a while.
    'mpmetrics_dropped_series_total{reason="busy"} 5',
  ]);
  const text = await scrape();
  for (const name of ['counter', 'histogram_count', 'summary_count']) {
    const values = [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'gm'))];
    t.deepEqual(values.length, 2, name);
    t.is(
      values.reduce((sum, [, value]) => sum + Number(value), 0),
      110,
      name,
    );
  }
  await Promise.all([actor, reader].map(async (one) => one.leave()));
});

for (const tier of ['direct', 'native']) {
  onLinux.serial(
    `${tier}: values without room for their sparse buckets count elsewhere`,
    async (t) => {
      const [actor, reader] = application(t, 'fork', 'fork') as [Actor, Actor];
      await actor.run((client, kept, chosen) => {
        if (chosen === 'native') process.env['MPMETRICS_TIER'] = chosen;
        const options = { help: 'H', buckets: [1], native: true };
        const histogram = new client.Histogram({ name: 'h', labelNames: ['x'], ...options });
        const plain = new client.Histogram({ name: 'plain', ...options });
        kept.update = (values: number): void => {
          for (let power = 0; power < values; power += 1) {
            for (let x = 0; x < 60; x += 1) histogram.observe({ x }, 1.1 ** power);
            // All sizes and signs: more buckets than any resolution but the coarsest has room for.
            for (const sign of [1, -1]) plain.observe(sign * 1.7 ** (13 * power - 650));
          }
        };
        kept.update(1);
      }, tier);
      const scrape = async (): Promise<string> =>
        reader.run(async (client) => client.register.metrics());
      const total = (text: string, name: string): number => {
        const counts = [...text.matchAll(new RegExp(`^${name}_count(?:\\{.*\\})? (\\d+)$`, 'gm'))];
        return counts.reduce((sum, [, count]) => sum + Number(count), 0);
      };
      await scrape();
      const letGo = await held(t, actor.pid);
      // All series are there. Their tables need more memory than the arena has.
      await actor.run((_, { update }) => update(100));
      const meanwhile = await scrape();
      t.regex(meanwhile, /^h_count\{otel_metric_overflow="true"\} \d+$/m);
      t.notRegex(meanwhile, /^h_count\{x="59"\} 101$/m);
      t.is(total(meanwhile, 'h'), 60 * 101);
      t.is(total(meanwhile, 'plain'), 2 * 101);
      // Nothing is lost with the process, which counts elsewhere no more.
      await letGo();
      await actor.kill();
      const text = await scrape();
      t.is(total(text, 'h'), 60 * 101);
      t.is(total(text, 'plain'), 2 * 101);
      await reader.leave();
    },
  );
}

onLinux.serial('counts of a series without further updates are on the page at once', async (t) => {
  const [actor, reader] = application(t, 'fork', 'fork') as [Actor, Actor];
  await actor.run((client, kept) => {
    kept.counter = new client.Counter({ name: 'counter', help: 'H', labelNames: ['x'] });
    kept.info = new client.Info({ name: 'build', help: 'H' });
  });
  const scrape = async (): Promise<string> =>
    reader.run(async (client) => client.register.metrics());
  await scrape();
  const letGo = await held(t, actor.pid);
  await actor.run((_, kept) => {
    kept.counter.inc({ x: 'once' }, 3);
    kept.info.info({ version: '1' });
    kept.info.info({ version: '2' });
  });
  t.regex(await scrape(), /^counter\{otel_metric_overflow="true"\} 3$/m);
  await letGo();
  await shown(t, scrape, ['counter{otel_metric_overflow="true"} 3', 'build_info{version="2"} 1']);
  await Promise.all([actor, reader].map(async (one) => one.leave()));
});

onLinux.serial(
  'a process that starts meanwhile counts alone, and adds its counts later',
  async (t) => {
    const [actor] = application(t, 'fork') as [Actor];
    await actor.run((client) => {
      new client.Counter({ name: 'counter', help: 'H' }).inc();
      const options = { name: 'histogram', help: 'H', labelNames: ['x'], buckets: [1] };
      new client.Histogram(options).observe({ x: 'both' }, 0.5);
    });
    const letGo = await held(t, actor.pid);
    const newcomer = new Actor('fork');
    t.teardown(async () => {
      await newcomer.kill();
    });
    const scrape = (from: Actor) => async () =>
      from.run(async (client) => client.register.metrics());
    await newcomer.run((client, kept) => {
      kept.counter = new client.Counter({ name: 'counter', help: 'H' });
      kept.counter.inc(2);
      const options = { name: 'histogram', help: 'H', labelNames: ['x'], buckets: [1] };
      kept.histogram = new client.Histogram(options);
      kept.histogram.observe({ x: 'both' }, 0.25);
      kept.shared = new client.Gauge({ name: 'shared', help: 'H', aggregator: 'shared' });
      kept.shared.set(5);
      kept.named = new client.Registry({ name: 'named' });
      kept.inNamed = new client.Counter({ name: 'in_named', help: 'H', registers: [kept.named] });
      kept.inNamed.inc();
    });
    await shown(t, scrape(newcomer), ['counter 2', 'histogram_sum{x="both"} 0.25']);
    await shown(t, scrape(actor), ['counter 1', 'histogram_sum{x="both"} 0.5']);
    await letGo();
    await shown(t, scrape(actor), ['counter 3', 'histogram_sum{x="both"} 0.75', 'shared 5']);
    await newcomer.run((_, { counter, inNamed }) => {
      counter.inc(2);
      inNamed.inc();
    });
    await shown(t, scrape(actor), ['counter 5']);
    await shown(t, scrape(newcomer), ['counter 5', 'histogram_bucket{le="1",x="both"} 2']);
    const named = actor.run(async (client) => new client.Registry({ name: 'named' }).metrics());
    t.regex(await named, /^in_named 2$/m);
    await Promise.all([actor, newcomer].map(async (one) => one.leave()));
  },
);
