// "With @prometheus-io/client the exemplar of a counter has the running total as its value. The stand-in prints the increment."
//
// This stays different: a process knows only its part of a total. The page about differences says so, and about other
// limits that code meets if it treats the values of the application as those of one process.

import test from 'ava';
import { readFileSync } from 'node:fs';
import { layTree, program as standIn, removeTree } from '../support/stand-ins';
import { program, until } from './support/program';

test.before('lays a tree of packages', layTree);
test.after.always(removeTree);

const PAGE = readFileSync('docs/coming-from-prom-client.md', 'utf8');

for (const name of ['prom-client', '@prometheus-io/client']) {
  test(`the value of an exemplar with the stand-in of ${name}`, async (t) => {
    const { stdout } = await standIn(`
      const { Counter, Registry } = require('${name}');
      const registers = [new Registry(Registry.OPENMETRICS_CONTENT_TYPE)];
      const counter = new Counter({ name: 'c_total', help: 'H', registers, enableExemplars: true });
      counter.inc({ value: 5 });
      counter.inc({ value: 2, exemplarLabels: { trace_id: 'x' } });
      registers[0].metrics().then((text) => { console.log(text); process.exit(); });`);
    t.regex(stdout, /^c_total 7 # \{trace_id="x"\} 2 /m);
    t.true(
      PAGE.includes(
        'The exemplar of a counter has the running total as its value. Here it has the increment',
      ),
    );
  });
}

test('a gauge that is read to be set: inc() counts once', async (t) => {
  const run = program(
    t,
    `import cluster from 'node:cluster';
     import { Gauge } from 'mpmetrics';
     const gauge = new Gauge({ name: 'g', help: 'H' });
     if (cluster.isPrimary) {
       const workers = [7, 5].map((times) => cluster.fork({ TIMES: times }));
       await Promise.all(workers.map((worker) => new Promise((resolve) => worker.on('message', resolve))));
       console.log('sum ' + (await gauge.get()).values[0].value);
       process.exit();
     }
     for (let index = 0; index < Number(process.env.TIMES); index += 1) gauge.inc();
     process.send('done');
     process.on('message', () => undefined);`,
  );
  t.is((await until(() => run.line(/^sum (\d+)$/m)))[1], '12');
  for (const limit of [
    'g.set((await g.get()).values[0].value + 1)',
    'Pushing from several',
    'Browsers',
  ]) {
    t.true(PAGE.includes(limit), limit);
  }
});
