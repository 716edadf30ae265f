// Every example runs as a user would run it, and the spec checks its numbers.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { parse, readLabels, total } from '../examples/demo/exposition.mjs';
import { endGroup } from './support/group';
import { freePort } from './support/port';

type Families = ReturnType<typeof parse>;

for (const example of ['examples/process-request.mjs', 'build/examples/process-request.js']) {
  test.serial(`${example}: one page while two processes work`, async (t) => {
    // The plain JavaScript uses the port in its comment, unless another program listens there.
    const port = example.endsWith('.mjs') && (await isFree(9464)) ? 9464 : 0;
    // It works until the test ends.
    const run = start(t, [example], { METRICS_PORT: String(port) });
    const [, url] = await run.line(/Metrics of both processes: (http:\S+)/);
    if (port > 0) t.regex(url, /:9464\//);
    const text = await until(async () => {
      const page = (await get(url)).text;
      const found = parse(page).get('request_processing_seconds');
      return total(found, 'request_processing_seconds_count') > 0 ? page : undefined;
    });
    t.regex(text, /# TYPE request_processing_seconds summary/);
  });

  test.serial(`${example}: two processes, one total`, async (t) => {
    const families = parse(await start(t, [example, '20'], { METRICS_PORT: '0' }).end());
    const { type, samples } = families.get('request_processing_seconds')!;
    t.is(type, 'summary');
    t.is(samples.get('request_processing_seconds_count'), 40);
    // Each sleeps less than a tenth of a second, but wakes late on a busy machine.
    const sum = samples.get('request_processing_seconds_sum')!;
    t.true(sum > 0 && sum < 40, `sum ${sum}`);
    // Quantiles of the calls in both processes.
    const [median, high] = [0.5, 0.99].map((quantile) =>
      samples.get(`request_processing_seconds{quantile="${quantile}"}`),
    ) as [number, number];
    t.true(median > 0 && median <= high, `${median}, ${high}`);
  });
}

test.serial('build/examples/function-label.js: one histogram for many methods', async (t) => {
  const families = parse(await start(t, ['build/examples/function-label.js']).end());
  const counted = labelled(families, 'function_seconds', 'function_seconds_count');
  t.deepEqual(
    counted.toSorted((first, second) => (first.key < second.key ? -1 : 1)),
    [
      { key: 'browse done', value: 2 },
      { key: 'order done', value: 1 },
      { key: 'order failed', value: 1 },
    ],
  );
  t.deepEqual(labelled(families, 'function_failures_total', 'function_failures_total'), [
    { key: 'order', value: 1 },
  ]);
});

test.serial('examples/worker-threads.mjs: five threads, one total', async (t) => {
  const families = parse(await start(t, ['examples/worker-threads.mjs']).end());
  t.is(families.get('jobs_total')!.samples.get('jobs_total'), 5000);
  t.is(families.get('longest_job')!.samples.get('longest_job'), 104);
});

test.serial('examples/two-registries.mjs: each registry on its own port', async (t) => {
  const ports = { METRICS_PORT: '0', INTERNAL_PORT: '0' };
  const run = start(t, ['examples/two-registries.mjs'], ports);
  const text = await run.end();
  t.deepEqual(text.match(/^\w+ \d+$/gm), ['visits_total 20', 'cache_misses_total 6']);
  const urls = text.match(/^# http:\S+$/gm);
  t.is(new Set(urls).size, 2);
});

test.serial('examples/named-heap.mjs, and examples/look-into.mjs beside it', async (t) => {
  const environment = { HEAP: `examples-${process.pid}` };
  const look = async (): Promise<string> => start(t, ['examples/look-into.mjs'], environment).end();
  t.regex(await look(), /^# Nobody has that heap open\./);
  // Until the test ends.
  const application = start(t, ['examples/named-heap.mjs', '600'], environment);
  await application.line(/All are sent/);
  const samples = parse(await look());
  t.is(samples.get('invoices_total')!.samples.get('invoices_total'), 100);
  t.is(samples.get('invoices_waiting')!.samples.get('invoices_waiting'), 0);
});

test.serial('examples/named-heap.mjs: its heap is removed at its end', async (t) => {
  const environment = { HEAP: `examples-${process.pid}-short` };
  await start(t, ['examples/named-heap.mjs', '0'], environment).whole();
  const text = await start(t, ['examples/look-into.mjs'], environment).end();
  t.regex(text, /^# Nobody has that heap open\./);
});

test.serial('examples/exemplars.mjs: the newest exemplar of all threads', async (t) => {
  const output = await start(t, ['examples/exemplars.mjs']).whole();
  const trace = / # \{trace_id="([0-9a-f]{32})"\} (\S+) [\d.]+$/;
  const found = output.split('\n').filter((line) => trace.test(line));
  t.deepEqual(
    found.map((line) => line.replace(trace, ' $2')),
    [
      'request_seconds_bucket{le="0.1"} 3 0.05',
      'request_seconds_bucket{le="1.0"} 6 0.5',
      'request_seconds_bucket{le="+Inf"} 9 5',
      'failures_total 3 1',
    ],
  );
  t.true(output.includes('# UNIT request_seconds seconds\n'));
});

test.serial('examples/states.mjs: the last value, set by a process that has ended', async (t) => {
  const text = await start(t, ['examples/states.mjs']).end();
  t.deepEqual(text.match(/^migration_state\{migration_state="\w+"\} 1$/gm), [
    'migration_state{migration_state="waiting"} 1',
    'migration_state{migration_state="done"} 1',
  ]);
  t.is(text.match(/^build_info\{version="1\.4\.0",commit="f00ba4"\} 1$/gm)?.length, 2);
});

test('the metrics of every example are on the port of the README', (t) => {
  const sources = readdirSync('examples', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/.test(name))
    .map((name) => readFileSync(`examples/${name}`, 'utf8'))
    .filter((text) => text.includes('startHttpServer'));
  const ports = [...sources.join('').matchAll(/METRICS_PORT \?\? (\d+)|localhost:(\d+)\/metrics/g)];
  t.deepEqual([...new Set(ports.map(([, port, shown]) => port ?? shown))], ['9464']);
});

test('a spec runs every example', (t) => {
  const specs = ['demo', 'deployment', 'examples', 'monitoring', 'pm2', 'runners'].map((name) =>
    readFileSync(`__test__/${name}.spec.ts`, 'utf8'),
  );
  for (const entry of readdirSync('examples')) {
    if (entry === 'tsconfig.json') continue;
    const name = entry.replace(/\.ts$/, '.js');
    t.true(
      specs.some((spec) => spec.includes(name)),
      entry,
    );
  }
});

test.serial('examples/cluster-service.mjs: totals survive a killed worker', async (t) => {
  const port = await freePort();
  const run = start(t, ['examples/cluster-service.mjs'], {
    PORT: String(port),
    METRICS_PORT: '0',
  });
  const [, url] = await run.line(/Metrics of all processes: (http:\S+)/);
  const service = `http://127.0.0.1:${port}`;
  await until(() => get(`${service}/ready`).then(() => true));

  // The first workers to listen answer alone until the others listen.
  const workers = new Set<number>();
  let answered = 0;
  await until(async () => {
    const { text } = await get(`${service}/`);
    workers.add(Number(/process (\d+)/.exec(text)![1]));
    answered += 1;
    return workers.size === 4 && answered >= 40 ? true : undefined;
  });
  for (let request = 0; request < 10; request += 1) await get(`${service}/missing`);
  t.deepEqual(byCode(parse((await get(url)).text)), { 200: answered, 404: 11 });

  process.kill([...workers][0], 'SIGKILL');
  await sleep(50);
  t.deepEqual(byCode(parse((await get(url)).text)), { 200: answered, 404: 11 });
  const successors = new Set<number>();
  await until(async () => {
    // A connection to the killed worker may fail: it is not counted.
    const answer = await get(`${service}/`).catch(() => undefined);
    if (answer) {
      answered += 1;
      successors.add(Number(/process (\d+)/.exec(answer.text)![1]));
    }
    return [...successors].some((pid) => !workers.has(pid)) ? true : undefined;
  });
  const after = parse((await get(url)).text);
  t.deepEqual(byCode(after), { 200: answered, 404: 11 });
  t.is(
    total(after.get('http_request_duration_seconds'), 'http_request_duration_seconds_count'),
    answered + 11,
  );

  // The output ends when the last worker has ended.
  process.kill(run.pid, 'SIGTERM');
  await run.whole();
});

/** Requests by status code, of the cluster service. */
function byCode(families: Families): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [key, value] of families.get('http_requests_total')!.samples) {
    const { code } = readLabels(key.slice(key.indexOf('{') + 1, -1));
    counts[code] = (counts[code] ?? 0) + value;
  }
  return counts;
}

/** The samples of a name, by their label values. */
function labelled(families: Families, family: string, name: string) {
  const found = [];
  for (const [key, value] of families.get(family)!.samples) {
    if (!key.startsWith(`${name}{`)) continue;
    const labels = readLabels(key.slice(key.indexOf('{') + 1, -1));
    found.push({ key: Object.values(labels).join(' '), value });
  }
  return found;
}

/** Starts a program as a user would from a terminal. It ends with the test. */
function start(t: ExecutionContext, args: string[], environment: Record<string, string> = {}) {
  const { MPMETRICS, ...inherited } = process.env;
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let errors = '';
  let isOver = false;
  child.stdout!.on('data', (chunk) => (output += chunk));
  child.stderr!.on('data', (chunk) => (errors += chunk));
  const closed = once(child, 'close').finally(() => (isOver = true));
  t.teardown(async () => {
    endGroup(child.pid as number, 'SIGTERM');
    await closed;
  });
  return {
    pid: child.pid as number,
    /** Waits until the program prints a text. Fails at once if the program ends before. */
    async line(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        if (isOver) throw new Error(`it ended: ${errors}`);
        await sleep(20);
      }
    },
    /** Waits until the program ends by itself, and returns its output. */
    async whole() {
      const [code] = await closed;
      t.is(code, 0, errors);
      t.is(errors, '');
      return output;
    },
    /** Waits until the program ends by itself, and returns the metrics page in its output. */
    async end() {
      return (await this.whole()).replace(/^(?!#|[a-z_]+(?:\{.*\})? \S+$).*\n/gm, '');
    },
  };
}

/** Calls `attempt` until it returns a value, for at most two minutes. */
async function until<T>(
  attempt: () => T | undefined | null | Promise<T | undefined | null>,
): Promise<T> {
  const end = performance.now() + 120_000;
  for (;;) {
    try {
      const result = await attempt();
      if (result) return result;
      if (performance.now() > end) throw new Error('not within two minutes');
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(20);
  }
}

/** Requests on a new connection, so that a cluster hands each request to its next worker. */
function get(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('nothing for ten seconds')));
    request.on('error', reject);
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
