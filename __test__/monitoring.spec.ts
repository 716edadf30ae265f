// The dashboards and alerts of `examples/`: their files are well-formed, and Prometheus has data for each of their queries.
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { load } from 'js-yaml';
import { neutral } from './multiprocess/support/run';
import { Application } from './support/application';
import { LinkedProject } from './support/linked';
import { frameworks } from './support/packed';
import { freePort } from './support/port';
import { endWith, PrometheusServer, scraped } from './support/prometheus';

interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: object;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; datasource: object; expr: string; legendFormat: string }[];
}

interface Dashboard {
  id: null;
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
}

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

const FOLDER = 'examples/prometheus';
const dashboards = readdirSync('examples/grafana')
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, read(`examples/grafana/${name}`) as Dashboard] as const);
const alerts = (read(`${FOLDER}/mpmetrics.rules.yml`) as Rules).groups.flatMap(
  ({ rules }) => rules,
);

for (const [command, file] of [
  ['check rules', 'mpmetrics.rules.yml'],
  ['test rules', 'mpmetrics.rules.test.yml'],
  ['check config', 'prometheus.yml'],
  // Its files are on the user's machine.
  ['check config --syntax-only', 'secure.yml'],
] as const) {
  scraped(`promtool ${command} ${file}`, (t) => {
    const args = [...command.split(' '), `${FOLDER}/${file}`];
    t.notThrows(() => execFileSync('promtool', args, { stdio: 'pipe' }));
  });
}

test('each alert is tested while it fires and while it does not', (t) => {
  const { tests } = read(`${FOLDER}/mpmetrics.rules.test.yml`) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: object[] }[] }[];
  };
  const checks = tests.flatMap(({ alert_rule_test: own }) => own);
  for (const { alert } of alerts) {
    const own = checks.filter(({ alertname }) => alertname === alert);
    t.true(
      own.some(({ exp_alerts: expected }) => expected.length > 0) &&
        own.some(({ exp_alerts: expected }) => expected.length === 0),
      alert,
    );
  }
});

for (const [file, { id, uid, title, schemaVersion, panels, templating }] of dashboards) {
  test(`${file} is a dashboard that Grafana can load`, (t) => {
    t.is(id, null);
    t.regex(uid, /^[\w-]{1,40}$/);
    t.true(title.length > 0 && schemaVersion >= 36);
    t.deepEqual(
      templating.list.map(({ name, type }) => [name, type]),
      [
        ['datasource', 'datasource'],
        ['job', 'query'],
        ['instance', 'query'],
      ],
    );
    t.is(new Set(panels.map((panel) => panel.id)).size, panels.length);
    const taken = new Set<string>();
    for (const panel of panels) {
      const { x, y, w, h } = panel.gridPos;
      t.true(x >= 0 && x + w <= 24, panel.title);
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          t.false(taken.has(`${column} ${line}`), panel.title);
          taken.add(`${column} ${line}`);
        }
      }
      if (panel.type === 'row') continue;
      const datasource = { type: 'prometheus', uid: '${datasource}' };
      t.deepEqual(panel.datasource, datasource);
      const targets = panel.targets ?? [];
      t.true(targets.length > 0, panel.title);
      t.is(new Set(targets.map(({ refId }) => refId)).size, targets.length);
      for (const target of targets) t.deepEqual(target.datasource, datasource);
    }
  });
}

test('no two dashboards have one identity', (t) => {
  t.is(new Set(dashboards.map(([, { uid }]) => uid)).size, dashboards.length);
});

scraped('Prometheus has data for every query of the dashboards and alerts', async (t) => {
  t.timeout(180_000);
  const folder = shop(t);
  const application = await Application.start(t, {
    folder,
    args: ['--import', 'mpmetrics/auto', 'shop.mjs'],
  });
  await application.until('/items/tea', 200);
  const server = await PrometheusServer.start(t, {
    shop: `http://127.0.0.1:${application.metricsPort}/metrics`,
    original: await originalPage(t, folder),
  });

  // Until two scrapes have seen every kind of request, and a garbage collection.
  const rates = [
    'sum(rate(http_server_request_duration_seconds_count{error_type="500"}[1m])) > 0',
    'sum(rate(http_client_request_duration_seconds_count[1m])) > 0',
    'count(rate(nodejs_gc_duration_seconds_count[1m]) > 0) by (job)',
  ];
  for (;;) {
    await application.all(['/items/tea', '/items/salt', '/nowhere']);
    await application.get('/orders', { method: 'POST' });
    const found = await Promise.all(rates.map((expression) => server.results(expression)));
    if (found.flat().length === 4) break;
    await sleep(500);
  }

  for (const query of queriesIn('prometheus-and-grafana')) {
    await t.notThrowsAsync(hasData(server, query), query);
  }
  for (const { alert, expr } of alerts) {
    await t.notThrowsAsync(hasData(server, withBool(expr)), alert);
    for (const selector of selectorsOf(expr))
      await t.notThrowsAsync(hasData(server, selector), alert);
  }
  for (const [file, { panels, templating }] of dashboards) {
    for (const job of file === 'zero-code.json' ? ['shop'] : ['shop', 'original']) {
      const given = (text: string): string =>
        text
          .replaceAll('$__rate_interval', '1m')
          .replaceAll('$job', job)
          .replaceAll('$instance', '.*');
      for (const { query } of templating.list) {
        const { 1: selector, 2: label } =
          /^label_values\((.*), (\w+)\)$/.exec((query as { query: string }).query ?? '') ?? [];
        if (selector === undefined) continue;
        t.true((await server.labelValues(label as string, given(selector))).length > 0, selector);
      }
      for (const { title, targets = [] } of panels) {
        for (const { expr, legendFormat } of targets) {
          const where = `${file}, ${job}, ${title}: ${expr}`;
          const results = await server.results(given(expr));
          t.true(
            results.some(({ value }) => Number.isFinite(Number(value[1]))),
            where,
          );
          for (const selector of selectorsOf(given(expr)))
            await t.notThrowsAsync(hasData(server, selector), where);
          for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
            t.true(
              results.some(({ metric }) => metric[label as string]),
              `${where}: ${label}`,
            );
          }
        }
      }
    }
  }
});

scraped(
  'Prometheus scrapes native histograms, and answers the queries of their guide',
  async (t) => {
    t.timeout(120_000);
    const { folder } = new LinkedProject(t, {
      'app.cjs': `
      const { Histogram, startHttpServer } = require('mpmetrics');
      const seconds = new Histogram({ name: 'order_seconds', help: 'Time to take an order', native: true });
      seconds.observe(0.3);
      setInterval(() => seconds.observe(0.3), 50);
      startHttpServer({ port: 0 }).then(({ port }) => process.send(port));`,
    });
    const child = fork('app.cjs', { cwd: folder, env: neutral(), execArgv: [] });
    endWith(t, child);
    const [port] = (await once(child, 'message')) as [number];
    const page = `http://127.0.0.1:${port}/metrics`;
    // The name of the option before version 3.8, which later versions still accept.
    const options = ['--enable-feature=native-histograms'];
    const server = await PrometheusServer.start(t, { shop: page }, { options });
    const [query = ''] = queriesIn('summaries-and-histograms');
    let quantile: number | undefined;
    // A rate needs two scrapes.
    while (!((quantile = await server.value(query)) as number)) await sleep(500);
    t.true(Math.abs(quantile! / 0.3 - 1) < 0.1, `${quantile}`);
  },
);

scraped('a query with a misspelt name is noticed', async (t) => {
  const page = await originalPage(t, shop(t));
  const server = await PrometheusServer.start(t, { original: page });
  await hasData(server, 'process_cpu_seconds_total');
  await t.throwsAsync(hasData(server, withBool('process_cpu_second_total > 3')), {
    message: /no data/,
  });
});

/** The queries of a guide. */
function queriesIn(guide: string): string[] {
  const text = readFileSync(`docs/guides/${guide}.md`, 'utf8');
  return [...text.matchAll(/^```promql\n([^]*?)^```$/gm)].map(([, query = '']) => query.trim());
}

/** Rejects if an expression has no result. */
async function hasData(server: PrometheusServer, expression: string): Promise<void> {
  const results = await server.results(expression);
  if (results.length === 0) throw new Error(`no data: ${expression}`);
}

/** The same condition, with a result whether or not it holds. */
function withBool(expression: string): string {
  return expression.replaceAll(/ (>|<|==|!=) /g, ' $1 bool ');
}

/** All metrics of an expression, with their label matchers. */
function selectorsOf(expression: string): string[] {
  const selectors = expression
    .replaceAll(/\b(?:by|without) \([^)]*\)/g, '')
    .match(/\b(?:up|(?:http|mpmetrics|nodejs|process)_\w+)\b(?:\{[^}]*\})?/g);
  return [...new Set(selectors)];
}

/** A project with the shop of `examples/`, and Express. */
function shop(t: ExecutionContext): string {
  const project = new LinkedProject(t, {
    'shop.mjs': readFileSync('examples/docker-compose/shop.mjs', 'utf8'),
    'original.cjs': `
      const client = require('prom-client');
      client.collectDefaultMetrics();
      require('http').createServer(async (_, response) => {
        globalThis.gc();
        response.end(await client.register.metrics());
      }).listen(process.env.PORT, () => console.log('listens'));`,
  });
  for (const [name, folder] of [
    ['express', join(frameworks, 'node_modules')],
    ['prom-client', 'node_modules'],
  ] as const) {
    const link = join(project.folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(folder, name)), link, 'junction');
  }
  return project.folder;
}

/** Starts a process with prom-client itself. Returns the address of its page. */
async function originalPage(t: ExecutionContext, folder: string): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--expose-gc', 'original.cjs'], {
    cwd: folder,
    env: { ...neutral(), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWith(t, child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return `http://127.0.0.1:${port}/metrics`;
}

function read(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? JSON.parse(text) : load(text);
}
