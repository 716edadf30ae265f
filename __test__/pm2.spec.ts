// pm2 in cluster mode, installed from npm: its processes share their metrics, also while their code is replaced.

import { execFile } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { neutral } from './multiprocess/support/run';
import { blocksOf } from './support/guides';
import { freePort } from './support/port';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** A service that counts its requests, and answers with its process. */
const service = (version: number, port: number): string => `
  const { createServer } = require('http');
  const { Counter, Enum, Gauge, Histogram, Info, register, Registry, Summary } = require('mpmetrics');
  const requests = new Counter({ name: 'requests_total', help: 'Requests' });
  const sizes = new Histogram({ name: 'sizes', help: 'Sizes', buckets: [${version === 1 ? '1' : '1, 2'}] });
  new Gauge({ name: 'version_${version}', help: 'Processes of that version' }).inc();
  const named = new Registry({ name: 'named' });
  const common = { help: 'H', registers: [named] };
  const who = 1 + Number(process.env.NODE_APP_INSTANCE);
  for (const aggregator of ['sum', 'min', 'max', 'average', 'all']) {
    new Gauge({ name: aggregator, aggregator, ...common }).set(who);
  }
  new Summary({ name: 'summary', percentiles: [0.5], ...common }).observe(who);
  new Info({ name: 'build', ...common }).info({ version: ${version} });
  new Enum({ name: 'task', states: ['starting', 'up'], ...common }).state('up');
  createServer(async (request, response) => {
    if (request.url === '/named') return response.end(await named.metrics());
    if (request.url === '/metrics') return response.end(await register.metrics());
    requests.inc();
    sizes.observe(2);
    response.end(String(process.pid));
  }).listen(${port}, () => process.send('ready'));
`;

test.serial(
  'processes of pm2 share their metrics, also across a reload with changed code',
  async (t) => {
    t.timeout(300_000);
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-pm2-')));
    const env: NodeJS.ProcessEnv = { ...neutral(), PM2_HOME: join(folder, 'home'), HOME: folder };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true }));
    await run('npm', ['install', '--no-audit', '--no-fund', 'pm2@6'], {
      cwd: folder,
      env: neutral(),
    });
    symlinkSync(root, join(folder, 'node_modules', 'mpmetrics'), 'junction');
    const pm2 = async (...args: string[]): Promise<string> => {
      const program = join(folder, 'node_modules', 'pm2', 'bin', 'pm2');
      return (await run(process.execPath, [program, ...args], { cwd: folder, env })).stdout;
    };
    t.teardown(async () => {
      await pm2('kill').catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    });

    const port = await freePort();
    const ask = async (path: string): Promise<string> => {
      const headers = { connection: 'close' };
      // A connection may be handed to an ending process, and get lost.
      const signal = AbortSignal.timeout(10_000);
      return (await fetch(`http://127.0.0.1:${port}${path}`, { headers, signal })).text();
    };
    /** Waits until the metrics page has that line, because pm2 does not wait for slow starts. */
    const page = async (line: RegExp): Promise<string> => {
      for (let tries = 1; ; tries += 1) {
        const text = await ask('/metrics').catch(String);
        if (line.test(text)) return text;
        if (tries === 600) throw new Error(`${line.source} is not in: ${text}`);
        await sleep(100);
      }
    };
    /** Requests until all four processes have answered, and returns the number of requests. */
    const askAll = async (): Promise<number> => {
      const pids = new Set<string>();
      let count = 0;
      while (pids.size < 4 || count < 30) {
        pids.add(await ask('/'));
        count += 1;
        if (count > 1000) throw new Error(`Only ${pids.size} processes answer.`);
      }
      return count;
    };

    const guide = readFileSync(join(root, 'docs/guides/processes.md'), 'utf8');
    const [config = ''] = blocksOf(guide, 'js');
    writeFileSync(join(folder, 'ecosystem.config.cjs'), config);
    writeFileSync(join(folder, 'service.cjs'), service(1, port));
    await pm2('start', 'ecosystem.config.cjs');
    await page(/^version_1 4$/m);
    let total = await askAll();
    for (let scrape = 0; scrape < 6; scrape += 1) {
      const text = await ask('/metrics');
      t.regex(text, new RegExp(`^requests_total ${total}$`, 'm'));
      t.regex(text, /^version_1 4$/m);
    }
    const named = await ask('/named');
    const samples = named.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    t.deepEqual(
      new Set(samples.map((line) => line.replace(/\{pid="\d+"\}/, '{pid}'))),
      new Set([
        'sum 10',
        'min 1',
        'max 4',
        'average 2.5',
        'all{pid} 1',
        'all{pid} 2',
        'all{pid} 3',
        'all{pid} 4',
        'summary{quantile="0.5"} 2.5',
        'summary_sum 10',
        'summary_count 4',
        'build_info{version="1"} 1',
        'task{task="starting"} 0',
        'task{task="up"} 1',
      ]),
    );

    writeFileSync(join(folder, 'service.cjs'), service(2, port));
    const reloaded = pm2('reload', 'shop');
    const reload = { isDone: false };
    let unsure = 0;
    const counted = (text: string): void => {
      const count = Number(/^requests_total (\d+)$/m.exec(text)?.[1]);
      t.true(
        count >= total && count <= total + unsure,
        `${count}, not ${total} to ${total + unsure}`,
      );
    };
    void reloaded.finally(() => (reload.isDone = true)).catch(() => undefined);
    while (!reload.isDone) {
      try {
        await ask('/');
        total += 1;
      } catch {
        // Its process has ended, either before the count or after it.
        unsure += 1;
      }
      const text = await page(/^requests_total /m);
      counted(text);
      t.is(text.match(/^# TYPE sizes histogram$/gm)?.length, 1);
      await sleep(20);
    }
    await reloaded;
    await page(/^version_2 4$/m);
    total += await askAll();
    const text = await ask('/metrics');
    counted(text);
    t.regex(text, /^version_2 4$/m);
    t.regex(text, /^sizes_bucket\{le="2"\} /m);
    await pm2('delete', 'shop');

    // The example starts four processes.
    env['PORT'] = String(port);
    await pm2('start', join(root, 'examples', 'pm2', 'ecosystem.config.cjs'));
    await page(/^processes_ready 4$/m);
    for (let request = 0; request < 20; request += 1) await ask('/');
    t.regex(await ask('/metrics'), /^requests_total 20$/m);
  },
);
