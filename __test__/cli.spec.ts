// The commands of the program, their outcomes and their errors.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { cli, freshName, node, outcomeOf, program, Shop } from './cli/support';
import { neutral } from './multiprocess/support/run';
import { onLinux } from './support/systems';

const COMMANDS = ['ls', 'show', 'top', 'watch', 'serve', 'check', 'doctor', 'clean', 'completions'];

test('help names all commands, and each command has its own', async (t) => {
  const { code, out } = await cli(['--help']);
  t.is(code, 0);
  for (const name of COMMANDS) {
    t.regex(out, new RegExp(`^  ${name}\\b`, 'm'));
    const help = await cli([name, '--help']);
    t.is(help.code, 0, name);
    t.regex(help.out, new RegExp(`^Usage: mpmetrics ${name} `, 'm'));
    t.is((await cli(['help', name])).out, help.out);
  }
  t.regex((await cli(['--version'])).out, /^\d+\.\d+\.\d+/);
});

test('a command line that makes no sense is refused with what there is instead', async (t) => {
  const refused: [string[], RegExp][] = [
    [['list'], /There is no command "list"\. There are: ls, show, top, /],
    [['ls', 'more'], /mpmetrics ls takes no words, not "more"/],
    [['ls', '--jsno'], /Unknown option '--jsno'\. There are: --names, --json, --help\./],
    [['show', '--format', 'xml'], /--format takes text, .*json, not "xml"/],
    [['watch'], /mpmetrics watch takes METRIC \[NAME\|PID\], none was given/],
    [['watch', 'a{b=c}'], /"a\{b=c\}" is no metric: it must be like requests_total or /],
    [['completions', 'fish'], /for bash and zsh, not for "fish"/],
  ];
  for (const [args, message] of refused) {
    const { code, errors } = await cli(args);
    t.is(code, 2, args.join(' '));
    t.regex(errors, message);
  }
  t.is((await cli([])).code, 2);
  t.regex((await cli(['ls'], { MPMETRICS: 'off' })).errors, /MPMETRICS=off is in this environment/);
});

test('a heap that there is not is named with those that there are', async (t) => {
  const shop = await Shop.start(t, { workers: 1 });
  const { code, errors } = await cli(['show', 'nowhere']);
  t.is(code, 1);
  t.regex(errors, /There is no heap named "nowhere"\. There are: /);
  t.true(errors.includes(`${shop.name} (${shop.workers[0]})`));
  t.regex(
    (await cli(['show', '4000000000'])).errors,
    /There is no heap that process 4000000000 writes to\./,
  );
});

test('show prints the page of the application, also in other formats, and a part of it', async (t) => {
  const shop = await Shop.start(t, { workers: 2 });
  const { name } = shop;
  const page = (await cli(['show', name])).out;
  t.regex(page, /^# TYPE shop_requests_total counter$/m);
  t.regex(page, /^shop_requests_total\{method="GET",route="\/items"\} \d+$/m);
  t.regex(page, /^mpmetrics_writers\{state="live"\} 2$/m);
  t.regex(
    (await cli(['show', String(shop.workers[1])])).out,
    /^shop_requests_total/m,
    'by its process',
  );
  t.regex((await cli(['show', name, '--format', 'openmetrics'])).out, /^# EOF$/m);
  const { out: protobuf } = await cli(['show', name, '--format', 'protobuf']);
  // The first field of a message is the name, after its length.
  t.true(protobuf.includes('\n\u0013shop_requests_total'));

  const part = (await cli(['show', name, '--filter', 'shop_*_bytes'])).out;
  t.deepEqual(
    [...part.matchAll(/^# TYPE (\S+)/gm)].map(([, each]) => each),
    ['shop_response_bytes', 'shop_memory_bytes'],
  );
  const missing = await cli(['show', name, '--filter', 'nothing']);
  t.is(missing.code, 1);
  t.regex(missing.errors, /No metric has "nothing" in its name\. There are: shop_requests_total, /);
  const registry = await cli(['show', name, '--registry', 'billing']);
  t.is(registry.code, 1);
  t.regex(registry.errors, /There is no registry "billing" in the heap .*\. There are: default\./);
});

test('show --json has the values of each type', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  const { heap, families } = JSON.parse((await cli(['show', name, '--json'])).out);
  t.is(heap.name, name);
  t.is(heap.state, 'held');
  t.is(heap.processes, 1);
  const family = (wanted: string) =>
    families.find((each: { name: string }) => each.name === wanted);
  const { type, help, series } = family('shop_requests_total');
  t.deepEqual([type, help], ['counter', 'Requests answered']);
  t.deepEqual(series[0].labels, { method: 'GET', route: '/' });
  t.true(series[0].value > 0 && series[0].startTime > 0);
  const [observed] = family('shop_request_duration_seconds').series;
  t.deepEqual(
    observed.buckets.map(({ upperBound }: { upperBound: unknown }) => upperBound),
    [0.01, 0.1, 1, '+Inf'],
  );
  t.is(observed.buckets[0].cumulativeCount, 0);
  t.is(observed.buckets[3].cumulativeCount, observed.count);
  const [summary] = family('shop_response_bytes').series;
  t.is(summary.quantiles[0].quantile, 0.5);
  t.is(Math.round(summary.quantiles[0].value / 2048), 1);
});

test('ls has one line or one object for each heap', async (t) => {
  const shop = await Shop.start(t, { workers: 2 });
  t.true((await cli(['ls', '--names'])).out.split('\n').includes(shop.name));
  const heaps = JSON.parse((await cli(['ls', '--json'])).out) as Record<string, unknown>[];
  const found = heaps.find(({ name }) => name === shop.name);
  t.like(found, { state: 'held', processes: 2, keptUntil: null, droppedSeries: 0 });
  t.deepEqual(new Set(found?.['pids'] as number[]), new Set(shop.workers));
});

test('watch prints a line for each reading, of the chosen series', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  const watched = await cli([
    'watch',
    'shop_requests_total{method="GET"}',
    name,
    '-n',
    '3',
    '-i',
    '0.2',
  ]);
  const lines = watched.out.trimEnd().split('\n');
  t.is(lines.length, 3);
  for (const line of lines) t.regex(line, /^\d\d:\d\d:\d\d +[\d,]+ .* 3 series$/);
  t.regex(lines[2] as string, / [\d.,]+\/s /);
  const data = await cli([
    'watch',
    'shop_request_duration_seconds',
    name,
    '-n',
    '2',
    '-i',
    '0.2',
    '--json',
  ]);
  const [first, second] = data.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.is(first.rate, null);
  t.true(second.rate > 0 && second.total > first.total);
  t.true(second.quantiles['0.5'] > 0.01 && second.quantiles['0.99'] <= 0.1);
  const missing = await cli(['watch', 'shop_wrong', name]);
  t.is(missing.code, 1);
  t.regex(missing.errors, /No metric is named "shop_wrong"\. There are: shop_requests_total/);
});

test('serve follows an application that starts later, and starts again', async (t) => {
  const name = freshName();
  const served = spawn(
    process.execPath,
    [program, 'serve', name, '--wait', '--port', '0', '--json'],
    {
      env: neutral(),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.teardown(() => served.kill('SIGKILL'));
  const lines = createInterface(served.stdout)[Symbol.asyncIterator]();
  const first = await Shop.start(t, { name, workers: 1 });
  const { port } = JSON.parse((await lines.next()).value as string) as { port: number };
  const shown = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  t.regex(await shown(), /^shop_requests_total/m);
  await first.kill();
  await Shop.start(t, { name, workers: 1 });
  let page = await shown();
  while (!/^mpmetrics_writers\{state="live"\} 1$/m.test(page)) page = await shown();
  t.regex(page, /^shop_requests_total/m);
  served.kill('SIGTERM');
  t.deepEqual(await once(served, 'exit'), [0, null]);
});

test('the number of metrics in lists is that of the page, without those of the heap and of this package', async (t) => {
  const name = freshName();
  const started = spawn(
    process.execPath,
    [
      '-e',
      `const { collectDefaultMetrics } = require(process.env.PACKAGE);
      collectDefaultMetrics();
      setInterval(() => {}, 1e5);
      console.log('ready');`,
    ],
    {
      env: { ...neutral(), MPMETRICS_NAME: name, PACKAGE: join(dirname(program), '../..') },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  t.teardown(() => started.kill('SIGKILL'));
  await once(started.stdout, 'data');
  const { heap, families } = JSON.parse((await cli(['show', name, '--json'])).out);
  const own = families.filter(({ name: each }: { name: string }) => !each.startsWith('mpmetrics_'));
  t.true(own.length > 20 && own.length < families.length);
  t.is(heap.families, own.length);
  const listed = JSON.parse((await cli(['ls', '--json'])).out);
  t.is(listed.find((each: { name: string }) => each.name === name).families, own.length);
  t.is(JSON.parse((await cli(['check', name, '--json'])).out).metrics, own.length);
});

test('of several heaps, the one of the application in the folder is meant', async (t) => {
  const name = freshName();
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-folder-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  // The heap has the digits of discovery behind the name that discovery makes of the package's.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: `@${name}/shop` }));
  const heaps = ['0', '1'].map((digit) => `${name}-shop-${digit.repeat(16)}`);
  const show = async (): Promise<{ code: number | null; out: string; errors: string }> =>
    outcomeOf([process.execPath, program, 'show', '--json'], { cwd: folder });
  await Shop.start(t, { workers: 1 });
  await Shop.start(t, { workers: 1, name: heaps[0] as string });
  const { out } = await show();
  t.is(JSON.parse(out).heap.name, heaps[0]);
  await Shop.start(t, { workers: 1, name: heaps[1] as string });
  const { code, errors } = await show();
  t.is(code, 1);
  t.regex(errors, /There are several heaps: .*Say which one, by its name or by a process\./);
});

onLinux('a full disk behind standard output is reported', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  for (const args of ['ls', 'ls --json', `show ${name}`, 'completions bash', 'doctor', '--help']) {
    const { code, errors } = await outcomeOf([
      'sh',
      '-c',
      `"$0" "$1" ${args} > /dev/full`,
      ...node(),
    ]);
    t.is(code, 1, args);
    t.regex(errors, /^mpmetrics: standard output can't be written: ENOSPC: .*\n$/, args);
  }
});

test('a pipe that is closed early is no error', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  const script = `"${process.execPath}" "${program}" watch shop_requests_total ${name} -i 0.05 | head -n 2; echo "\${PIPESTATUS[0]}"`;
  const { out } = await outcomeOf(['bash', '-c', script]);
  t.regex(out, /\n0\n$/);
});

onLinux('bash completes commands, options, choices and the names of heaps', async (t) => {
  const { name } = await Shop.start(t, { workers: 1 });
  const { out: script } = await cli(['completions', 'bash']);
  const complete = async (...words: string[]): Promise<string[]> => {
    const setUp = `mpmetrics() { "${process.execPath}" "${program}" "$@"; }\n${script}
COMP_WORDS=(mpmetrics ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_mpmetrics; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return (await outcomeOf(['bash', '-c', setUp])).out.trimEnd().split('\n');
  };
  t.deepEqual(await complete('s'), ['show', 'serve']);
  t.true((await complete('show', '--f')).includes('--filter'));
  t.true((await complete('show', '--format', '')).includes('openmetrics'));
  t.true((await complete('top', name.slice(0, 4))).includes(name));
  t.deepEqual(await complete('completions', ''), ['bash', 'zsh']);
  const { out: zsh } = await cli(['completions', 'zsh']);
  t.regex(zsh, /^#compdef mpmetrics$/m);
  t.true(zsh.includes("'*--ignore["));
  t.true((await complete('check', '--i')).includes('--ignore'));
  for (const each of COMMANDS) t.true(zsh.includes(`      ${each})\n`), each);
});
