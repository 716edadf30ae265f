// Several copies of the package in one process, as in a tree of packages.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { neutral } from './multiprocess/support/run';
import { installed } from './support/project';

for (const tier of ['', 'native']) {
  test(`a dependency’s own copy with its own binary counts together with the other${tier && ' natively'}`, async (t) => {
    const folder = await installed(t, []);
    const modules = join(folder, 'node_modules');
    const nested = join(modules, 'dependency/node_modules/mpmetrics');
    mkdirSync(nested, { recursive: true });
    // The loader treats another file as another library, even with the same content.
    cpSync(join(modules, 'mpmetrics'), nested, { recursive: true });
    writeFileSync(join(modules, 'dependency/index.js'), "module.exports = require('mpmetrics');");
    const program = join(realpathSync(folder), 'program.cjs');
    writeFileSync(
      program,
      `
      const [own, theirs] = [require('mpmetrics'), require('dependency')];
      const copies = { own, theirs };
      const updates = Object.entries(copies).map(([name, client]) => {
        const labelled = { help: 'H', labelNames: ['copy'] };
        const counter = new client.Counter({ name: 'counter', ...labelled });
        const gauge = new client.Gauge({ name: 'gauge', ...labelled });
        const histogram = new client.Histogram({ name: 'histogram', buckets: [1], ...labelled });
        const both = new client.Counter({ name: 'both', help: 'H' });
        return () => {
          counter.inc({ copy: name });
          gauge.inc({ copy: name });
          histogram.observe({ copy: name }, 0.5);
          both.inc();
        };
      });
      for (let round = 0; round < 10; round += 1) for (const update of updates) update();
      (async () => {
        const texts = await Promise.all([own, theirs].map((client) => client.register.metrics()));
        console.log(JSON.stringify([own === theirs, own.open().info().writers.length, texts]));
      })();`,
    );
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], {
      cwd: folder,
      env: { ...neutral(), ...(tier && { MPMETRICS_TIER: tier }) },
    });
    t.is(stderr, '');
    const [isOne, writers, texts] = JSON.parse(stdout) as [boolean, number, string[]];
    t.false(isOne);
    t.is(writers, 2);
    t.is(texts.length, 2);
    for (const text of texts) {
      t.regex(text, /^both 20$/m);
      for (const copy of ['own', 'theirs']) {
        for (const line of [
          `counter{copy="${copy}"} 10`,
          `gauge{copy="${copy}"} 10`,
          `histogram_count{copy="${copy}"} 10`,
          `histogram_sum{copy="${copy}"} 5`,
        ]) {
          t.true(text.includes(`\n${line}\n`), `${line} in\n${text}`);
        }
      }
    }
  });
}
