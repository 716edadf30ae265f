// A real Prometheus server scrapes the demo's service, and its values are compared with the counts of the clients.
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { freePort } from './support/port';

const installed = ['prometheus', 'promtool'].every((tool) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
// In CI it must run; elsewhere it runs if it is installed.
const scraped = installed || process.env.CI ? test : test.skip;

scraped('Prometheus counts as many requests as the clients got answers', async (t) => {
  const { MPMETRICS, ...environment } = process.env;
  const service = fork('examples/demo/service.mjs', {
    env: { ...environment, SERVICE_PORT: '0', METRICS_PORT: '0' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  endWith(t, service);
  const [ready] = await once(service, 'message');
  const page = ready.metrics as string;

  const { target, api } = await prometheus(t, page);
  const clients = fork('examples/demo/clients.mjs', [ready.service, '8', '4', '0'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  endWith(t, clients);
  let output = '';
  clients.stdout!.on('data', (chunk) => (output += chunk));
  await once(clients, 'close');
  const { answered, failed } = JSON.parse(output);
  t.log({ answered, failed });
  t.true(answered > 0);
  t.is(failed, 0);

  // One more scrape after the end of the load.
  const stopped = Date.now() / 1000;
  let requests = await query(api, 'timestamp(demo_requests_total)');
  while (!(requests && requests > stopped)) {
    t.true(Date.now() / 1000 < stopped + 60, 'Prometheus went on scraping');
    await sleep(200);
    requests = await query(api, 'timestamp(demo_requests_total)');
  }
  t.is(await query(api, 'sum(demo_requests_total)'), answered);
  t.is(await query(api, 'sum(demo_request_seconds_count)'), answered);
  t.is(await query(api, `up{instance="${target}"}`), 1);
  t.is(await query(api, `min_over_time(up{instance="${target}"}[1m])`), 1);
  t.is(await query(api, 'demo_quarters_sum / demo_quarters_count'), 0.25);

  const text = await (await fetch(page)).text();
  const lint = execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  t.is(lint, '');
});

/** Starts a server that scrapes one page every two seconds, because a busy machine answers within that time. */
async function prometheus(t: ExecutionContext, page: string) {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-prometheus-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const target = new URL(page).host;
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '2s', scrape_timeout: '2s' },
      scrape_configs: [{ job_name: 'demo', static_configs: [{ targets: [target] }] }],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const server = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  endWith(t, server);
  const api = `http://${address}/api/v1/query`;
  for (let tries = 0; (await query(api, 'up').catch(() => undefined)) !== 1; tries += 1) {
    t.true(tries < 300, 'Prometheus scrapes');
    await sleep(200);
  }
  return { target, api };
}

/** The value of an expression with a single result. */
async function query(api: string, expression: string): Promise<number | undefined> {
  const response = await fetch(`${api}?query=${encodeURIComponent(expression)}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result[0] && Number(data.result[0].value[1]);
}

function endWith(t: ExecutionContext, child: ChildProcess) {
  const closed = once(child, 'close');
  t.teardown(async () => {
    child.kill();
    await closed;
  });
}
