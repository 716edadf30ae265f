// "setDefaultLabels() throws a TypeError, and half of our counts are gone. The metric had reached its series limit."
//
// A series that gets its new labels beyond the limit counts in the overflow series.

import test from 'ava';
import { program } from './support/program';

for (const kind of ['counter', 'histogram', 'native', 'summary']) {
  for (const limit of [4, 10, 100]) {
    test(`${kind}, limit of ${limit} series`, async (t) => {
      const service = program(
        t,
        `import { once } from 'node:events';
         import { Worker, isMainThread, parentPort } from 'node:worker_threads';
         import { Counter, Histogram, Summary, register } from 'mpmetrics';
         const about = { name: 'm', help: 'M', labelNames: ['u'] };
         const metric = {
           counter: () => new Counter(about),
           histogram: () => new Histogram(about),
           native: () => new Histogram({ ...about, native: true, buckets: [] }),
           summary: () => new Summary(about),
         }['${kind}']();
         for (let u = 0; u < ${limit}; u += 1) metric['${kind}' === 'counter' ? 'inc' : 'observe']({ u }, 1);
         if (isMainThread) {
           await once(new Worker(new URL(import.meta.url)), 'message');
           const total = async () =>
             [...(await register.metrics()).matchAll(/^m${kind === 'counter' ? '' : '_count'}\\{.*\\} (\\d+)$/gm)]
               .reduce((sum, [, count]) => sum + Number(count), 0);
           const before = await total();
           register.setDefaultLabels({ zone: 'eu' });
           console.log(before, await total());
           process.exit();
         } else {
           parentPort.postMessage('counted');
           setInterval(() => undefined, 1000);
         }`,
        { environment: { MPMETRICS_SERIES_LIMIT: String(limit) } },
      );
      await service.ended;
      t.is(service.output, `${2 * limit} ${2 * limit}\n`, service.errors);
    });
  }
}

test('a registry that gets the metric later has the counts of all series, also beyond the limit', async (t) => {
  const service = program(
    t,
    `import { Counter, Registry, register } from 'mpmetrics';
     const further = new Registry({ name: 'further' });
     further.setDefaultLabels({ zone: 'eu' });
     const total = async (registry) =>
       [...(await registry.metrics()).matchAll(/^m\\{.*\\} (\\d+)$/gm)]
         .reduce((sum, [, count]) => sum + Number(count), 0);
     const metric = new Counter({ name: 'm', help: 'M', labelNames: ['u'] });
     for (let u = 0; u < 6; u += 1) metric.inc({ u });
     further.registerMetric(metric);
     console.log(await total(register), await total(further));
     register.removeSingleMetric('m');
     console.log(await total(further));
     process.exit();`,
    { environment: { MPMETRICS_SERIES_LIMIT: '3' } },
  );
  await service.ended;
  t.is(service.output, '6 6\n6\n', service.errors);
});
