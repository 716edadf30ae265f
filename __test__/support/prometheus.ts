// A real Prometheus server, for tests that scrape with it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext, type TestFn } from 'ava';
import { freePort } from './port';

const installed = ['prometheus', 'promtool'].every((tool) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
/** A test with Prometheus. In CI it must run; elsewhere it runs if Prometheus is installed. */
export const scraped: TestFn | TestFn['skip'] = installed || process.env.CI ? test : test.skip;

/** Starts a server that scrapes one page every two seconds, because a busy machine answers within that time. `job`: more of its configuration. */
export async function prometheus(
  t: ExecutionContext,
  page: string,
  job: object = {},
): Promise<{ target: string; api: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-prometheus-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const target = new URL(page).host;
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({
      global: { scrape_interval: '2s', scrape_timeout: '2s' },
      scrape_configs: [{ job_name: 'demo', static_configs: [{ targets: [target] }], ...job }],
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
export async function query(api: string, expression: string): Promise<number | undefined> {
  const response = await fetch(`${api}?query=${encodeURIComponent(expression)}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result[0] && Number(data.result[0].value[1]);
}

/** Ends a process with the test. */
export function endWith(t: ExecutionContext, child: ChildProcess): void {
  const closed = once(child, 'close');
  t.teardown(async () => {
    child.kill();
    await closed;
  });
}
