// In a cluster, a `collect` function awaits `other.get()`, or another registry's `metrics()`. Each scrape takes its whole limit, and
// `mpmetrics_unanswered_collects_total` grows though nobody is blocked: each process waits for the others, which wait for it.

import test, { type ExecutionContext } from 'ava';
import { program } from './support/program';

/** The longest wait of a scrape, in milliseconds: long enough that a wait in vain is visible. */
const WAIT = 20_000;

/** A cluster of three workers with that code in each. One of them prints what a scrape shows. */
async function scrapeIn(t: ExecutionContext, code: string): Promise<string> {
  const cluster = program(
    t,
    `
    import cluster from 'node:cluster';
    import { once } from 'node:events';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { Counter, Gauge, Registry, register, startHttpServer } from 'mpmetrics';
    const WAIT = ${WAIT};
    if (cluster.isPrimary) {
      const workers = [cluster.fork(), cluster.fork(), cluster.fork()];
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      workers[0].send('scrape');
    } else {
      ${code}
      process.on('message', async () => {
        const text = await scrape();
        console.log(text + (await register.metrics({ own: true, collectTimeout: 0 })) + 'done');
        cluster.worker.kill();
      });
      process.send('ready');
    }
    `,
  );
  await cluster.line(/done$/m);
  return cluster.output;
}

/** A gauge with a \`collect\` that is 1 in each process, and one that reads it in its own. */
const reading = (read: string): string => `
  const one = new Gauge({ name: 'one', help: 'One', collect() { this.set(1); } });
  const scrape = () => register.metrics({ collectTimeout: WAIT });
  new Gauge({ name: 'read', help: 'Read', async collect() { ${read} } });
`;

const CASES: [what: string, code: string][] = [
  ['get()', reading('this.set((await one.get()).values[0].value);')],
  [
    'get() after something else',
    reading('await sleep(1); await sleep(1); this.set((await one.get()).values[0].value);'),
  ],
  [
    'getSingleMetricAsString()',
    reading('await register.getSingleMetricAsString("one"); this.set(3);'),
  ],
  [
    "another registry's metrics()",
    `
    const others = new Registry({ name: 'others' });
    new Gauge({ name: 'other', help: 'Other', registers: [others], collect() { this.set(1); } });
    ${reading('this.set(Number(/^other (.*)$/m.exec(await others.metrics({ collectTimeout: WAIT }))[1]));')}
    `,
  ],
  [
    'get() in an external metric',
    `
    ${reading('this.set((await one.get()).values[0].value);')}
    register.registerMetric({
      name: 'external',
      async get() {
        const { values } = await one.get();
        return { name: 'external', help: 'External', type: 'gauge', values };
      },
    });
    `,
  ],
];
for (const [what, code] of CASES) {
  test.serial(`a collect that awaits ${what} waits for nobody`, async (t) => {
    const text = await scrapeIn(t, code);
    t.regex(text, /^one 3$/m);
    t.regex(text, /^read [1-9]$/m);
    t.regex(text, /^mpmetrics_unanswered_collects_total 0$/m);
  });
}

test.serial('a collect that the HTTP server asks waits for nobody', async (t) => {
  const text = await scrapeIn(
    t,
    `
    ${reading('this.set((await one.get()).values[0].value);').replace('const scrape', 'const direct')}
    const scrape = async () => {
      const server = await startHttpServer({ port: 0, host: '127.0.0.1', collectTimeout: WAIT });
      return (await fetch(server.url)).text();
    };
    `,
  );
  t.regex(text, /^one 3$/m);
  t.regex(text, /^mpmetrics_unanswered_collects_total 0$/m);
});

test.serial('a scrape during a running collect still asks the others', async (t) => {
  const text = await scrapeIn(
    t,
    `
    let runs = 0;
    new Gauge({ name: 'runs', help: 'Runs', collect() { this.set((runs += 1)); } });
    const endless = new Registry({ name: 'endless' });
    new Gauge({ name: 'pending', help: 'Pending', registers: [endless], collect: () => sleep(500) });
    const scrape = async () => {
      const pending = endless.metrics({ collectTimeout: 0 });
      const text = await register.metrics({ collectTimeout: WAIT });
      await pending;
      return text;
    };
    `,
  );
  t.regex(text, /^runs 3$/m);
});
