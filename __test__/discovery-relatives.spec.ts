// Real relatives: processes and threads of one application, and only these, find one heap without configuration.

import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import test from 'ava';
import type { Plan, Report } from './discovery/relative';

const script = fileURLToPath(new URL('discovery/relative.ts', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts a family by its first member, and returns the reports of its members. */
async function family(
  plan: Plan,
  { main = script, environment = {} }: { main?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<{ heaps: string[]; reports: Report[]; errors: string }> {
  const inherited = { ...process.env };
  for (const name of Object.keys(inherited)) {
    // The variables of AVA and its configuration are not for these processes.
    if (/^(?:MPMETRICS|NODE_TEST_CONTEXT|VITEST|JEST)/.test(name)) delete inherited[name];
  }
  const parameters = ['--import=@oxc-node/core/register', main, JSON.stringify(plan)];
  const child = spawn(process.execPath, parameters, {
    cwd: root,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const reports = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Report);
  const heaps = new Set(reports.map(({ name, id }) => `${name} ${id}`));
  return { heaps: [...heaps], reports, errors };
}

/** A package in a temporary folder of its own, with a main script that is a member of the family. */
function otherApplication(name: string): { main: string; remove(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-')));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module' }));
  const main = join(folder, 'main.mjs');
  writeFileSync(main, `await import(${JSON.stringify(pathToFileURL(script).href)});\n`);
  return { main, remove: () => rmSync(folder, { recursive: true }) };
}

const KINDS = ['cluster', 'fork', 'spawn', 'thread'] as const;

test('a process shares the heap of every process and thread that it starts', async (t) => {
  const { heaps, reports, errors } = await family({
    starts: KINDS.map((how) => ({ how, times: how === 'cluster' ? 2 : 1 })),
  });
  t.is(reports.length, 6, errors);
  t.is(heaps.length, 1, JSON.stringify(reports));
  t.regex(heaps[0] ?? '', /^mpmetrics-[0-9a-f]{16} [0-9a-f]{32}$/);
});

test('nested: worker, thread, fork, spawn, cluster', async (t) => {
  const { heaps, reports, errors } = await family({
    starts: [
      {
        how: 'cluster',
        starts: [
          {
            how: 'thread',
            starts: [
              { how: 'fork', starts: [{ how: 'spawn', starts: [{ how: 'cluster', times: 2 }] }] },
            ],
          },
        ],
      },
    ],
  });
  t.is(reports.length, 7, errors);
  t.is(heaps.length, 1, JSON.stringify(reports));
});

for (const how of ['cluster', 'fork'] as const) {
  test(`${how}: workers of a primary without the import share one heap, with their children`, async (t) => {
    const { heaps, reports, errors } = await family({
      imports: 'never',
      starts: [{ how, times: 2, starts: [{ how: 'spawn' }, { how: 'thread' }] }],
    });
    t.is(reports.length, 6, errors);
    t.is(heaps.length, 1, JSON.stringify(reports));
  });

  test(`${how}: a primary that imports late shares the heap of its workers`, async (t) => {
    const { heaps, reports, errors } = await family({
      imports: 'late',
      starts: [{ how, times: 2 }],
    });
    t.is(reports.length, 3, errors);
    t.is(heaps.length, 1, JSON.stringify(reports));
  });

  test(`${how}: threads share one heap if only they import the package`, async (t) => {
    const { heaps, reports, errors } = await family({
      imports: 'never',
      starts: [{ how, times: 2, imports: 'never', starts: [{ how: 'thread', times: 2 }] }],
    });
    t.is(reports.length, 4, errors);
    t.is(heaps.length, process.platform === 'linux' ? 1 : 2, JSON.stringify(reports));
  });
}

test('a thread without environment finds the heap, and so do its threads', async (t) => {
  const { heaps, reports, errors } = await family({
    starts: [{ how: 'thread', environment: {}, starts: [{ how: 'spawn' }] }],
  });
  t.is(reports.length, 3, errors);
  t.is(heaps.length, 1, JSON.stringify(reports));
});

test('unrelated processes have separate heaps', async (t) => {
  const [one, other] = await Promise.all([family({}), family({})]);
  t.is(one.heaps.length, 1, one.errors);
  t.not(one.heaps[0], other.heaps[0]);
  const { heaps, reports } = await family({
    imports: 'never',
    starts: [{ how: 'spawn', times: 2 }],
  });
  t.is(reports.length, 2);
  t.is(heaps.length, 2);
});

test('another application has its own heap, shared by its workers', async (t) => {
  const other = otherApplication('job-runner');
  t.teardown(other.remove);
  const { heaps, reports, errors } = await family({
    starts: [
      { how: 'spawn', main: other.main, imports: 'never', starts: [{ how: 'cluster', times: 2 }] },
    ],
  });
  t.is(reports.length, 3, errors);
  t.is(heaps.length, 2, JSON.stringify(reports));
  t.regex(heaps[1] ?? '', /^job-runner-/);
});

test('another application joins with MPMETRICS=inherit', async (t) => {
  const other = otherApplication('job-runner');
  t.teardown(other.remove);
  const environment = { MPMETRICS: 'inherit' };
  const { heaps, reports, errors } = await family({
    starts: [{ how: 'spawn', main: other.main, environment, starts: [{ how: 'fork' }] }],
  });
  t.is(reports.length, 3, errors);
  t.is(heaps.length, 1, JSON.stringify(reports));
});

test('MPMETRICS=private: each process has its own heap, shared by its threads', async (t) => {
  const { heaps, reports, errors } = await family(
    { starts: [{ how: 'thread' }, { how: 'fork' }] },
    { environment: { MPMETRICS: 'private' } },
  );
  t.is(reports.length, 3, errors);
  t.deepEqual(
    reports.map(({ name }) => name),
    [undefined, undefined, undefined],
  );
  t.is(heaps.length, 2);
  t.is(reports[0]?.id, reports[1]?.id);
});

test('MPMETRICS_NAME: all processes with the name share one heap', async (t) => {
  const { heaps, reports } = await family(
    { starts: [{ how: 'cluster' }, { how: 'thread', environment: {} }] },
    { environment: { MPMETRICS_NAME: 'billing' } },
  );
  t.is(reports.length, 3);
  t.deepEqual(heaps, ['billing undefined']);
});

test('MPMETRICS=off: there is no heap', async (t) => {
  const { reports } = await family({}, { environment: { MPMETRICS: 'off' } });
  t.true(reports[0]?.off);
  t.is(reports[0]?.name, undefined);
});

test('an invalid MPMETRICS_NAME does not fail the import; the first use of the heap reports it', async (t) => {
  const { reports, errors } = await family({}, { environment: { MPMETRICS_NAME: '../etc' } });
  t.is(reports.length, 0);
  t.regex(errors, /MPMETRICS_INVALID_NAME/);
  t.regex(errors, /MPMETRICS_NAME is '\.\.\/etc'/);
});

test('NODE_DEBUG=mpmetrics prints the heap and the reason', async (t) => {
  const { errors } = await family({}, { environment: { NODE_DEBUG: 'mpmetrics' } });
  t.regex(errors, /the heap mpmetrics-[0-9a-f]{16}: named by process \d+/);
});

test('a warning about the environment is printed once', async (t) => {
  const { reports, errors } = await family({}, { environment: { MPMETRICS_TOKEN: 'garbage' } });
  t.is(reports.length, 1);
  t.is(errors.match(/MpmetricsWarning/g)?.length, 1, errors);
});
