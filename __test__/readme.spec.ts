// The service of the README runs as it stands, with each framework, and shows what the README shows. The README and the
// comparison name only existing tests and files, and every guide.
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { transform } from 'esbuild';
import { load } from 'js-yaml';
import { cli, outcomeOf, program } from './cli/support';
import { inTerminal, Terminal } from './cli/terminal';
import { Application } from './support/application';
import { blocksOf, isInExamples, missingLines } from './support/guides';
import { LinkedProject } from './support/linked';
import { frameworks } from './support/packed';
import { onUnix } from './support/systems';

const readme = readFileSync('README.md', 'utf8');
const [service = '', ...applications] = blocksOf(readme, 'js');
/** A warning at the start, on a machine that has no time for the process that holds the gate. */
const TOO_BUSY = /^\(node:\d+\) \[MPMETRICS_GATE_TIMEOUT\][^]*?was created\)\n/gm;
const [page = '', terminal = ''] = blocksOf(readme, 'text');

/** The service in a project of its own, with the packages that it imports. It ends with the test. */
async function start(t: ExecutionContext, application: string): Promise<Application> {
  t.timeout(240_000);
  const { folder } = project(t, { 'service.mjs': service, 'app.mjs': application });
  const started = await Application.start(t, { folder, args: ['service.mjs'] });
  await started.until('/items/7', 200);
  while ((await writersOf(started)) < 5) await sleep(50);
  return started;
}

function project(t: ExecutionContext, files: Readonly<Record<string, string>>): LinkedProject {
  const made = new LinkedProject(t, files);
  for (const [, name = ''] of Object.values(files)
    .join('')
    .matchAll(/^import \w+ from '(\w+)';$/gm)) {
    if (name !== 'cluster') made.link(join(frameworks, 'node_modules', name), name);
  }
  return made;
}

/** Before the other routes: an answer that comes after SIGTERM, and a timer that does not end by itself. */
const LATE = `
  setInterval(() => {}, 60_000);
  app.get('/late', (request, answer) => {
    process.once('SIGTERM', () => setTimeout(() => answer.send('late'), 100));
  });
`;

/** The requests that were not answered yet. */
async function inProgress(application: Application): Promise<number> {
  const requests = await application.samples('http_server_active_requests');
  return requests.reduce((sum, { value }) => sum + value, 0);
}

/** The processes of the heap, without the primary. */
async function workersOf({ process: { pid } }: Application): Promise<number[]> {
  const heaps = JSON.parse((await cli(['ls', '--json'])).out) as { pids: number[] }[];
  const { pids } = heaps.find((heap) => heap.pids.includes(pid as number))!;
  return pids.filter((other) => other !== pid);
}

async function writersOf(application: Application): Promise<number> {
  const writers = await application.samples('mpmetrics_writers');
  return writers.find(({ labels }) => labels.state === 'live')?.value ?? 0;
}

for (const application of applications) {
  const [, framework = ''] = /from 'mpmetrics\/(\w+)'/.exec(application) ?? [];

  // Without signals, a service cannot end in good order.
  onUnix(`the service with ${framework}: its page, a killed worker, and SIGTERM`, async (t) => {
    for (const block of [service, application]) t.regex(block, /^\/\/ (service|app)\.mjs\nimport /);
    const started = await start(
      t,
      application.replace(/^app\.get\(/m, (first) => LATE + first),
    );
    for (let order = 0; order < 3; order += 1) {
      t.is((await started.get('/orders', { method: 'POST' })).status, 201);
    }
    const { text } = await started.get('/metrics', { port: started.metricsPort });
    // Times differ from run to run.
    const shown = page.replaceAll(/ \d+\.\d+$/gm, ' ');
    t.deepEqual(missingLines(text, shown), [], text);

    const workers = await workersOf(started);
    t.is(workers.length, 4);
    process.kill(workers[0] as number, 'SIGKILL');
    while ((await started.samples('mpmetrics_adoptions_total'))[0]?.value === 0) await sleep(50);
    t.is((await started.samples('orders_total'))[0]?.value, 3);
    t.is(await writersOf(started), 5);

    const late = started.get('/late');
    while ((await inProgress(started)) === 0) await sleep(50);
    // Its output ends when the last worker has ended.
    const ended = once(started.process, 'close');
    started.process.kill('SIGTERM');
    await sleep(200);
    for (const worker of await workersOf(started)) process.kill(worker, 'SIGTERM');
    t.is((await late).text, 'late');
    t.deepEqual(await ended, [0, null]);
    t.is(started.errors.replaceAll(TOO_BUSY, ''), '');
  });
}

test('the decorated method counts, and the README has one service and two applications', async (t) => {
  const [code = '', ...others] = blocksOf(readme, 'ts');
  t.deepEqual([others.length, applications.length], [0, 2]);
  const { code: lowered } = await transform(code, { loader: 'ts', target: 'node20' });
  const made = project(t, { 'shop.mjs': lowered });
  const { out, errors } = await outcomeOf([process.execPath, join(made.folder, 'shop.mjs')]);
  t.is(errors, '');
  t.deepEqual(missingLines(out, 'order_seconds_count 1'), []);
});

inTerminal('top shows the lines of the README', async (t) => {
  const started = await start(t, applications[0] as string);
  await started.get('/orders', { method: 'POST' });
  const window = new Terminal(
    t,
    `${process.execPath} ${program} top ${started.process.pid}`,
    [100, 60],
  );
  const lines = terminal.trimEnd().split('\n');
  const columns = lines.find((line) => line.startsWith('METRIC'))?.split(/ +/) ?? [];
  const text = await window.until(/^orders_total /m);
  t.deepEqual(text.match(/^METRIC.*$/m)?.[0].split(/ +/), columns);
  for (const [index, line] of lines.entries()) {
    if (index < 2) continue;
    const [name = ''] = line.split(' ');
    t.true(text.includes(`\n${name}`), line);
  }
  t.regex(text, /^linked.* · 5 processes · \d+ series · \d+ KiB · up /);
  t.regex(lines[0]!, /^shop · 5 processes · \d+ series · \d+ KiB · up /);
});

test('the scrape_config is that of the examples', (t) => {
  const [block = '', ...others] = blocksOf(readme, 'yaml');
  t.is(others.length, 0);
  t.true(isInExamples(load(block)));
});

test('the tests in the comparison exist', (t) => {
  const comparison = readFileSync('docs/COMPARISON.md', 'utf8');
  const rows = [...comparison.matchAll(/^\|.*\| `([\w/-]+)`: (.+?) *\|$/gm)];
  t.true(rows.length >= 15);
  for (const [, spec, title] of rows) {
    const text = readFileSync(`__test__/${spec}.spec.ts`, 'utf8');
    const titles = [
      ...text.matchAll(/\b(?:test|onLinux|onUnix)(?:\.serial)?\(\s*(['"`])([^]*?)\1,/g),
    ];
    t.true(
      titles.some(([, , found]) => found?.includes(title as string)),
      `${spec}: ${title}`,
    );
  }
});

test('the commands of the first table of RELIABILITY name items of the torture', (t) => {
  const commands = readFileSync('docs/RELIABILITY.md', 'utf8').match(/(?<=^\|.*--only )[\w,]+/gm);
  t.true(Number(commands?.length) >= 8);
  for (const item of commands!.flatMap((names) => names.split(',')))
    t.true(existsSync(`scripts/torture/${item}.mjs`), item);
});

test('all links lead to files, and every guide has one link', (t) => {
  const documents = readdirSync('docs').filter((name) => name.endsWith('.md'));
  for (const file of ['README.md', ...documents.map((name) => `docs/${name}`)]) {
    const text = readFileSync(file, 'utf8');
    for (const [, path = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      t.true(existsSync(join(dirname(file), path)), `${file}: ${path}`);
    }
  }
  for (const guide of readdirSync('docs/guides')) {
    t.is(readme.split(`](docs/guides/${guide})`).length, 2, guide);
  }
});
