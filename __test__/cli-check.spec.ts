// `mpmetrics check`: problems of metrics in files, at addresses and in live heaps.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { cli, node, outcomeOf, program, Shop } from './cli/support';
import { onLinux } from './support/systems';

const BAD = `# TYPE requestCount counter
requestCount{userId="1"} 1
requestCount{userId="2"} 1
# HELP wait_milliseconds Wait
# TYPE wait_milliseconds histogram
wait_milliseconds_bucket{le="+Inf"} 1
wait_milliseconds_sum 1
wait_milliseconds_count 1
`;
const PROBLEMS = [
  ['requestCount', 'it has no help text'],
  ['requestCount', 'the name of a counter must end in _total'],
  ['requestCount', 'the name must be in snake_case'],
  ['requestCount', 'the label userId must be in snake_case'],
  ['requestCount', 'it has 2 series, more than 1'],
];

function checkedText(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-check-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'page.txt');
  writeFileSync(file, BAD);
  return file;
}

test('check finds problems in a file, at an address, and in a live heap', async (t) => {
  const file = checkedText(t);
  const { code, out } = await cli(['check', file, '--max-series', '1', '--json']);
  t.is(code, 1);
  const { metrics, problems, cardinality } = JSON.parse(out);
  t.is(metrics, 2);
  t.deepEqual(
    problems.slice(0, 5).map(({ metric, problem }: Record<string, string>) => [metric, problem]),
    PROBLEMS,
  );
  t.regex(problems[5].problem, /the unit should be seconds/);
  t.deepEqual(cardinality[0], { metric: 'requestCount', series: 2 });

  const server = createServer((_, response) => response.end(BAD)).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/metrics`;
  // Not in the way of the server, which is in this process.
  const child = spawn(process.execPath, [program, 'check', url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [ended] = await once(child, 'exit');
  t.is(ended, 1);

  const { name } = await Shop.start(t, { workers: 1 });
  t.deepEqual(await cli(['check', name]), { code: 0, out: '4 metrics: no problem.\n', errors: '' });
  t.regex(
    (await cli(['check', name, '--cardinality', '-m', '3'])).out,
    /^shop_requests_total +4 +method, route$/m,
  );
  t.is((await cli(['check', name, '-m', '3'])).code, 1);
  t.regex((await cli(['check', './no-such-file'])).errors, /\.\/no-such-file can't be read/);
});

onLinux('check refuses an input that never ends, and reads pipes to their end', async (t) => {
  const endless = await cli(['check', '/dev/zero']);
  t.is(endless.code, 1);
  t.is(
    endless.errors,
    'mpmetrics: /dev/zero holds more than 256 MiB, too much for a page of metrics.\n',
  );
  const piped = await outcomeOf(['sh', '-c', '"$0" "$1" check - < /dev/zero', ...node()]);
  t.is(piped.code, 1);
  t.regex(piped.errors, /^mpmetrics: standard input holds more than 256 MiB/);
  const server = createServer((_, response) => {
    const chunk = Buffer.alloc(2 ** 22);
    const more = (): void => {
      while (response.write(chunk));
    };
    response.on('drain', more);
    more();
  }).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const fetched = await cli(['check', `http://127.0.0.1:${port}/metrics`]);
  t.is(fetched.code, 1);
  t.regex(fetched.errors, /^mpmetrics: http:\S+ holds more than 256 MiB/);
  for (const from of ['-', '/dev/stdin']) {
    const page = '# HELP a_total A.\\n# TYPE a_total counter\\na_total 1\\n';
    const whole = await outcomeOf([
      'sh',
      '-c',
      `printf '${page}' | "$0" "$1" check ${from}`,
      ...node(),
    ]);
    t.deepEqual(whole, { code: 0, out: '1 metric: no problem.\n', errors: '' });
  }
});

test('check leaves ignored metrics out, and only notes the names that prom-client has given', async (t) => {
  const file = checkedText(t);
  const left = await cli(['check', file, '--ignore', 'request*', '--ignore', 'wait', '--json']);
  t.is(left.code, 1);
  t.deepEqual(
    JSON.parse(left.out).cardinality.map(({ metric }: { metric: string }) => metric),
    ['wait_milliseconds'],
    'a name is a whole name',
  );
  const none = await cli(['check', file, '--ignore', 'requestCount', '--ignore', '*_milliseconds']);
  t.deepEqual(none, { code: 0, out: '0 metrics: no problem.\n', errors: '' });

  const defaults = `
    const { collectDefaultMetrics, register } = require(process.env.PACKAGE);
    collectDefaultMetrics({ prefix: 'shop_' });
    register.metrics().then((page) => process.stdout.write(page, () => process.exit()));`;
  const page = join(dirname(file), 'defaults.txt');
  const { out } = await outcomeOf([process.execPath, '-e', defaults], {
    environment: { PACKAGE: join(dirname(program), '../..'), MPMETRICS: 'private' },
  });
  writeFileSync(page, out);
  const { code, out: report } = await cli(['check', page]);
  t.is(code, 0, report);
  for (const what of ['resources', 'handles', 'requests']) {
    const line = `^shop_nodejs_active_${what}_total: only the name of a counter .* \\(a note: `;
    t.regex(report, new RegExp(line, 'm'));
  }
  t.regex(report, /^\d+ metrics: no problem, 3 notes\.$/m);
  const data = JSON.parse((await cli(['check', page, '-m', '1', '--json'])).out);
  t.is(data.notes.length, 3);
  t.true(data.problems.length > 0);
  t.true(data.problems.every(({ problem }: { problem: string }) => / series, more/.test(problem)));
});
