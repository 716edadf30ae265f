// A process is killed inside setDefaultLabels(). Its acknowledged counts must stay on every page, once each.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { Counter, open, type Registry } from '../../index';

const SERIES = 2000;

test('each page shows every count once, during the call and after a kill', async (t) => {
  const name = `wild-default-labels-${process.pid}`;
  const reader = open({ name });
  t.teardown(() => reader.close());
  const index = JSON.stringify(new URL('../../index.ts', import.meta.url).href);
  const program = `
    import { Counter, open } from ${index};
    const { register } = open({ name: ${JSON.stringify(name)} });
    const counter = new Counter({ name: 'c_total', help: 'C', labelNames: ['l'], registers: [register] });
    for (let number = 0; number < ${SERIES}; number += 1) counter.inc({ l: number });
    console.log('ready');
    setTimeout(() => {
      for (let turn = 0; ; turn += 1) register.setDefaultLabels({ turn });
    }, 0);`;
  for (let kill = 0; kill < 3; kill += 1) {
    const child = spawn(
      process.execPath,
      ['--import=@oxc-node/core/register', '--input-type=module', '--eval', program],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    for (let scrape = 0; scrape < 5; scrape += 1) t.is(await total(reader.register), SERIES);
    child.kill('SIGKILL');
    await once(child, 'exit');
    t.is(await total(reader.register), SERIES);
    reader.register.getSingleMetric('c_total');
    // The next process begins with the same counts, so they are taken away.
    const counter = new Counter({
      name: 'c_total',
      help: 'C',
      labelNames: ['l'],
      registers: [reader.register],
    });
    counter.reset();
    reader.register.clear();
    t.is(await total(reader.register), 0);
  }
});

async function total(register: Registry): Promise<number> {
  const text = await register.metrics();
  const values = Array.from(text.matchAll(/^c_total\{.*\} (\d+)$/gm), ([, value]) => Number(value));
  return values.reduce((sum, value) => sum + value, 0);
}
