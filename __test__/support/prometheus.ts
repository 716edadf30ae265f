// Real servers that scrape pages, for specs: Prometheus and VictoriaMetrics, if they are here.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { freePort } from './port';

const installed = ['prometheus', 'promtool'].every((tool) => {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** A test that needs Prometheus. In CI it must run; elsewhere it runs if Prometheus is installed. */
export const scraped = installed || process.env['CI'] ? test : test.skip;

/** How a server differs from an installed Prometheus with its defaults. */
export interface ServerSettings {
  /** The program. Default: the installed Prometheus. */
  command?: string;
  /** Options of the command line, besides those that every server needs. */
  options?: readonly string[];
  /** Settings of each job. */
  job?: object;
}

/** One result of a query. */
export interface QueryResult {
  metric: Record<string, string>;
  value: [number, string];
}

/** The address of a page, or with further settings of its scrape. */
export type ScrapedPage = string | { readonly url: string; readonly [setting: string]: unknown };

/** An exemplar that a server has kept. */
export interface FoundExemplar {
  labels: Record<string, string>;
  value: string;
  timestamp: number;
}

/** A server that scrapes pages. */
export class PrometheusServer {
  readonly #api: string;

  private constructor(api: string) {
    this.#api = api;
  }

  /** Starts a Prometheus that scrapes one page for each job, and waits until all are scraped. It ends with the test. */
  static start(
    t: ExecutionContext,
    pages: Readonly<Record<string, ScrapedPage>>,
    { command = 'prometheus', options = [], job = {} }: ServerSettings = {},
  ): Promise<PrometheusServer> {
    return PrometheusServer.#start(t, pages, job, (folder, address) => [
      command,
      `--config.file=${join(folder, 'scrapes.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
      ...options,
    ]);
  }

  /** The same with VictoriaMetrics, which has Prometheus' configuration and queries. */
  static startVictoriaMetrics(
    t: ExecutionContext,
    pages: Readonly<Record<string, ScrapedPage>>,
    command: string,
  ): Promise<PrometheusServer> {
    return PrometheusServer.#start(t, pages, {}, (folder, address) => [
      command,
      `-promscrape.config=${join(folder, 'scrapes.yml')}`,
      `-storageDataPath=${join(folder, 'data')}`,
      `-httpListenAddr=${address}`,
      '-loggerLevel=ERROR',
      // Queries see the latest scrape, as those of Prometheus do.
      '-search.latencyOffset=0s',
      '-search.disableCache',
    ]);
  }

  static async #start(
    t: ExecutionContext,
    pages: Readonly<Record<string, ScrapedPage>>,
    job: object,
    commandLine: (folder: string, address: string) => string[],
  ): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-prometheus-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(
      join(folder, 'scrapes.yml'),
      JSON.stringify({
        // A busy machine answers within that time.
        global: { scrape_interval: '2s', scrape_timeout: '2s' },
        scrape_configs: Object.entries(pages).map(([name, page]) => {
          const { url, ...settings } = typeof page === 'string' ? { url: page } : page;
          const targets = [new URL(url).host];
          const own = { job_name: name, static_configs: [{ targets }] };
          return Object.assign(own, job, settings);
        }),
      }),
    );
    const address = `127.0.0.1:${await freePort()}`;
    const [command = '', ...args] = commandLine(folder, address);
    const server = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    endWith(t, server);
    const started = new PrometheusServer(`http://${address}/api/v1`);
    const jobs = Object.keys(pages).length;
    for (
      let tries = 0;
      (await started.value('sum(up)').catch(() => undefined)) !== jobs;
      tries += 1
    ) {
      t.true(tries < 300, `${command} scrapes`);
      await sleep(200);
    }
    return started;
  }

  /** The results of an expression. Throws for one that Prometheus refuses. */
  async results(expression: string): Promise<QueryResult[]> {
    const { result } = (await this.#ask('query', { query: expression })) as {
      result: QueryResult[];
    };
    return result;
  }

  /** The value of an expression with a single result. */
  async value(expression: string): Promise<number | undefined> {
    const [first] = await this.results(expression);
    return first && Number(first.value[1]);
  }

  /** The values of a label in the series of a selector. */
  async labelValues(label: string, selector: string): Promise<string[]> {
    return (await this.#ask(`label/${label}/values`, { 'match[]': selector })) as string[];
  }

  /** Waits until all series of a selector come from a scrape after that time, in milliseconds. */
  async scrapedAfter(t: ExecutionContext, selector: string, time: number): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const oldest = await this.value(`min(timestamp(${selector}))`);
      if (oldest !== undefined && oldest * 1000 > time) return;
      t.true(tries < 300, 'scrapes go on');
      await sleep(200);
    }
  }

  /** The exemplars of a selector, of the last hour. */
  async exemplars(selector: string): Promise<FoundExemplar[]> {
    const end = Date.now() / 1000 + 60;
    const range = { start: String(end - 3600), end: String(end) };
    const found = await this.#ask('query_exemplars', { query: selector, ...range });
    return (found as { exemplars: FoundExemplar[] }[]).flatMap(({ exemplars }) => exemplars);
  }

  async #ask(path: string, parameters: Record<string, string>): Promise<unknown> {
    const response = await fetch(`${this.#api}/${path}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as { data: unknown; error?: string };
    if (error !== undefined) throw new Error(error);
    return data;
  }
}

/** Ends a process with the test. */
export function endWith(t: ExecutionContext, child: ChildProcess): void {
  const closed = once(child, 'close');
  t.teardown(async () => {
    child.kill();
    await closed;
  });
}
