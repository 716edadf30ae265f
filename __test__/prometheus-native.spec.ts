// Real servers scrape a cluster of four workers while these are killed and replaced: totals, quantiles, exemplars and names.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { load } from 'js-yaml';
import { neutral } from './multiprocess/support/run';
import { DISTRIBUTIONS, valuesOf } from './native/distributions';
import { endWith, PrometheusServer } from './support/prometheus';

/** As many values each distribution has: a few with all tests, and a million by `npm run test:servers`. */
const VALUES = Number(process.env['SERVERS_VALUES'] ?? 24_000);
/** The promise of a native histogram with this factor. */
const FACTOR = 1.1;
/** The service's writers, their lives, and the traced updates of each life. */
const [WRITERS, LIVES, PIECES] = [4, 3, 20] as const;

/** The servers: the installed Prometheus, and those of a newer Debian, which `npm run test:servers` fetches. */
const INSTALLED = 'prometheus';
const NEWER = resolve('build/servers/usr/bin/prometheus');
const VICTORIA_METRICS = resolve('build/servers/usr/bin/victoria-metrics');

/** The settings of a job by which Prometheus reads UTF-8 names by protobuf. */
const { http_headers } = (
  load(readFileSync('examples/prometheus/utf8-names.yml', 'utf8')) as {
    scrape_configs: [{ http_headers: object }];
  }
).scrape_configs[0];
const UTF8_BY_PROTOBUF = { always_scrape_classic_histograms: true, http_headers };

const NATIVE = '--enable-feature=native-histograms,exemplar-storage';

for (const [title, command] of [
  ['the installed Prometheus', INSTALLED],
  ['a Prometheus of version 3', NEWER],
] as const) {
  const version = versionOf(command);
  // Not installed, or not fetched: the list of missing tools says so.
  const where = version === undefined ? test.serial.skip : test.serial;
  where(`${title} reads exact totals, quantiles, exemplars and names`, async (t) => {
    const service = await Service.start(t);
    const isOfToday = (version ?? 0) >= 3;
    // Version 2 asks for protobuf if native histograms are on, and for OpenMetrics or text otherwise.
    const text = isOfToday ? { scrape_protocols: ['PrometheusText1.0.0'] } : {};
    const classic = isOfToday ? { always_scrape_classic_histograms: true } : {};
    const pages = { service: service.page };
    const byProtobuf = await PrometheusServer.start(t, pages, {
      command,
      options: [NATIVE],
      job: classic,
    });
    const byText = await PrometheusServer.start(t, pages, { command, job: text });
    const withNames = isOfToday
      ? await PrometheusServer.start(t, pages, {
          command,
          options: [NATIVE],
          job: UTF8_BY_PROTOBUF,
        })
      : undefined;
    await service.work();
    for (const server of [byProtobuf, byText]) await sameTotals(t, service, server);
    const dotted = '{"http.requests","error.message"="no \\"room\\""}';
    t.is(await byText.value(isOfToday ? dotted : 'http_requests'), service.observed);
    // The request for protobuf names no escaping, by no setting of Prometheus. The standard's default is underscores.
    t.is(await byProtobuf.value('http_requests'), service.observed);
    if (withNames !== undefined) {
      // A header that the operator adds names it, as in examples/prometheus/utf8-names.yml.
      await withNames.scrapedAfter(t, '{"http.requests"}', service.ended);
      t.is(await withNames.value(dotted), service.observed);
      const [native = ''] = service.names;
      t.true((await withNames.value(`histogram_count(${nativeName(native)})`)) !== undefined);
    }
    for (const name of service.names) await sameQuantiles(t, service, byProtobuf, name);

    const traces = new Set(service.traces);
    for (const selector of ['orders_total', ...service.names.map(nativeName)]) {
      const found = await byProtobuf.exemplars(selector);
      t.true(found.length > 0, `exemplars of ${selector}`);
      for (const { labels } of found) t.true(traces.has(labels['trace_id'] ?? ''), selector);
    }

    const isNative = (name: string) =>
      service.names.some((own) => name.startsWith(nativeName(own)));
    const [inProtobuf = [], inText = []] = await Promise.all(
      [byProtobuf, byText].map(async (server) => {
        const names = await server.labelValues(
          '__name__',
          '{job="service",__name__!~"up|scrape_.*"}',
        );
        return names.map((name) => name.replaceAll('.', '_')).toSorted();
      }),
    );
    t.true(inText.includes('orders_total') && inText.includes('sizes_bucket'));
    t.deepEqual(
      inProtobuf.filter((name) => !isNative(name)),
      inText.filter((name) => !isNative(name)),
    );
    if (isOfToday) {
      // With its classic buckets, a native histogram has the names of the text and its own.
      t.deepEqual(inProtobuf, [...inText, ...service.names.map(nativeName)].toSorted());
    }
  });
}

const withVictoriaMetrics = runs(VICTORIA_METRICS) ? test.serial : test.serial.skip;
withVictoriaMetrics('VictoriaMetrics reads the same totals from the text', async (t) => {
  const service = await Service.start(t);
  const pages = { service: service.page };
  const server = await PrometheusServer.startVictoriaMetrics(t, pages, VICTORIA_METRICS);
  await service.work();
  await sameTotals(t, service, server);
  // It asks for the text without a version, which has no such names.
  t.is(await server.value('http_requests'), service.observed);
});

/** Compares the totals of all counters and classic histograms, and looks for totals that fell and for failed scrapes. */
async function sameTotals(t: ExecutionContext, service: Service, server: PrometheusServer) {
  await server.scrapedAfter(t, '{job="service",__name__="sizes_count"}', service.ended);
  const expected = {
    'sum(orders_total{kind!="traced"})': service.observed,
    'orders_total{kind="small"}': service.countOf((value) => value < 1),
    'orders_total{kind="traced"}': WRITERS * LIVES * PIECES,
    sizes_count: service.observed,
    'sizes_bucket{le=~"-1|-1.0"}': service.countOf((value) => value <= -1),
    'sizes_bucket{le=~"1|1.0"}': service.countOf((value) => value <= 1),
    'sizes_bucket{le=~"10|10.0"}': service.countOf((value) => value <= 10),
    'sizes_bucket{le="+Inf"}': service.observed,
    'sum(resets(orders_total[1h]))': 0,
    'resets(sizes_count[1h])': 0,
    'min_over_time(up{job="service"}[1h])': 1,
  };
  for (const [expression, value] of Object.entries(expected)) {
    t.is(await server.value(expression), value, expression);
  }
  const sum = service.names.flatMap((name) => [...service.values(name)]).reduce((a, b) => a + b, 0);
  const found = (await server.value('sizes_sum')) ?? NaN;
  t.true(Math.abs(found / sum - 1) < 1e-9, `sizes_sum: ${found}, ${sum}`);
}

/** Compares the native histogram of a distribution: its count exactly, and its quantiles within the factor. */
async function sameQuantiles(
  t: ExecutionContext,
  service: Service,
  server: PrometheusServer,
  name: string,
) {
  const metric = nativeName(name);
  const sorted = service.values(name).toSorted();
  t.is(await server.value(`histogram_count(${metric})`), sorted.length, metric);
  t.is(await server.value(`resets(${metric}[1h])`), 0, metric);
  for (const part of [0.5, 0.9, 0.99]) {
    const exact = sorted[Math.ceil(part * sorted.length) - 1] as number;
    const found = (await server.value(`histogram_quantile(${part}, ${metric})`)) ?? NaN;
    const ratio = found / exact;
    t.log(`${name} ${part}: ${found}, exactly ${exact}`);
    t.true(ratio >= 1 / FACTOR && ratio <= FACTOR, `${part} of ${name}: ${ratio}`);
  }
}

/** The cluster that is scraped. */
class Service {
  readonly page: string;
  readonly names = Object.keys(DISTRIBUTIONS);
  /** When the last worker had been killed, in milliseconds. */
  ended = NaN;
  readonly #values: ReadonlyMap<string, Float64Array>;
  readonly #work: () => Promise<number>;

  private constructor(
    page: string,
    values: ReadonlyMap<string, Float64Array>,
    work: () => Promise<number>,
  ) {
    this.page = page;
    this.#values = values;
    this.#work = work;
  }

  /** Starts it without workers. It ends with the test. */
  static async start(t: ExecutionContext): Promise<Service> {
    const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-service-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const values = new Map(
      Object.keys(DISTRIBUTIONS).map((name) => [name, Float64Array.from(valuesOf(name, VALUES))]),
    );
    for (const [name, own] of values) writeFileSync(join(folder, name), own);
    const given = {
      folder,
      names: [...values.keys()],
      lives: LIVES,
      writers: WRITERS,
      pieces: PIECES,
    };
    const child = fork('__test__/prometheus/service.mjs', {
      env: { ...neutral(), GIVEN: JSON.stringify(given) },
      // A program of its own does not load TypeScript.
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    endWith(t, child);
    const [{ page }] = await once(child, 'message');
    return new Service(page, values, async () => {
      child.send('begin');
      const failed = once(child, 'exit').then(([code]) => {
        throw new Error(`The service ended with code ${code}.`);
      });
      const [{ ended }] = await Promise.race([once(child, 'message'), failed]);
      // It is ended with the test.
      failed.catch(() => {});
      return ended;
    });
  }

  /** Has the workers observe all values. The last of them has been killed afterwards. */
  async work(): Promise<void> {
    this.ended = await this.#work();
  }

  values(name: string): Float64Array {
    return this.#values.get(name) as Float64Array;
  }

  /** How many values were observed. */
  get observed(): number {
    return this.countOf(() => true);
  }

  countOf(holds: (value: number) => boolean): number {
    return this.names.reduce((sum, name) => sum + this.values(name).filter(holds).length, 0);
  }

  /** The traces of all workers. */
  get traces(): string[] {
    return Array.from({ length: WRITERS * LIVES }, (_, at) =>
      `${Math.floor(at / LIVES)}${at % LIVES}`.padStart(32, 'a'),
    );
  }
}

function nativeName(distribution: string): string {
  return `native_${distribution.replace('-', '_')}_seconds`;
}

/** The major version of a Prometheus, or undefined if it does not run. */
function versionOf(command: string): number | undefined {
  if (!runs(command)) return undefined;
  const said = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: 'pipe' });
  return Number(/version (\d+)\./.exec(said)?.[1]);
}

function runs(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
