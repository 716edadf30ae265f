// Who shares with whom, with nothing configured: everybody counts one, and says what total it sees.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run, type Report } from './support/run';

const KINDS = ['threads', 'fork', 'spawn', 'cluster'] as const;

/** What a member is given: see `support/member.mjs`. */
interface Member {
  kind?: (typeof KINDS)[number];
  starts?: Member[];
  imports?: 'all' | 'package' | 'nothing';
  opens?: string;
  reads?: string;
  program?: string;
}

interface Totals extends Report {
  /** What each member sees that counts: the first, its first child, that one's first child, and so on. */
  totals: number[];
}

/** The totals that the members of a family see. */
async function totals(
  t: ExecutionContext,
  first: Member,
  environment: NodeJS.ProcessEnv = {},
): Promise<number[]> {
  const given = { ...first, isFirst: true };
  return (await run<Totals>(t, 'member.mjs', { given, environment })).totals;
}

/** Each starts the next one. */
function chain(...kinds: Member['kind'][]): Member[] {
  const [kind, ...rest] = kinds;
  return kind === undefined ? [] : [{ kind, starts: chain(...rest) }];
}

/** A package of its own in a temporary folder. Its main script is a member too. */
function otherApplication(t: ExecutionContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpmetrics-')));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'other', type: 'module' }));
  const main = join(folder, 'main.mjs');
  const member = new URL('support/member.mjs', import.meta.url);
  writeFileSync(main, `await import(${JSON.stringify(member.href)});\n`);
  return main;
}

function name(t: ExecutionContext): string {
  return `${t.title.replaceAll(/[^a-z]+/g, '-').slice(0, 40)}-${process.pid}`;
}

for (const kind of KINDS) {
  test.serial(`one that starts others: ${kind}`, async (t) => {
    t.deepEqual(await totals(t, { starts: [{ kind }, { kind }] }), [3, 3, 3]);
  });
}

for (const kinds of [
  ['cluster', 'threads'],
  ['threads', 'fork'],
  ['fork', 'spawn'],
  ['spawn', 'cluster'],
  ['cluster', 'threads', 'fork', 'spawn', 'cluster'],
] as const) {
  test.serial(`nested: ${kinds.join(', then ')}`, async (t) => {
    const members = kinds.length + 1;
    const expected = Array.from({ length: members }, () => members);
    t.deepEqual(await totals(t, { starts: chain(...kinds) }), expected);
  });
}

for (const kind of KINDS) {
  test.serial(`the parent imports the package, and has no metric: ${kind}`, async (t) => {
    t.deepEqual(await totals(t, { imports: 'package', starts: [{ kind }, { kind }] }), [2, 2]);
  });
}

for (const kind of ['threads', 'fork', 'cluster'] as const) {
  test.serial(`the parent imports nothing: ${kind}`, async (t) => {
    const starts: Member[] = [{ kind, starts: [{ kind: 'spawn' }] }, { kind }];
    t.deepEqual(await totals(t, { imports: 'nothing', starts }), [3, 3, 3]);
  });
}

test.serial('what a parent that imports nothing spawns stays apart', async (t) => {
  const starts: Member[] = [{ kind: 'spawn' }, { kind: 'spawn' }];
  t.deepEqual(await totals(t, { imports: 'nothing', starts }), [1, 1]);
});

test.serial('another application that inherits the environment stays apart', async (t) => {
  const program = otherApplication(t);
  const other: Member = { kind: 'spawn', program, starts: [{ kind: 'fork', program }] };
  t.deepEqual(await totals(t, { starts: [{ kind: 'fork' }, other] }), [2, 2, 2, 2]);
});

test.serial('MPMETRICS=inherit: another application joins', async (t) => {
  const other: Member = { kind: 'spawn', program: otherApplication(t), starts: [{ kind: 'fork' }] };
  const environment = { MPMETRICS: 'inherit' };
  t.deepEqual(await totals(t, { starts: [{ kind: 'fork' }, other] }, environment), [4, 4, 4, 4]);
});

test.serial('MPMETRICS_NAME: whoever has it meets, whatever the application', async (t) => {
  const other: Member = { kind: 'spawn', program: otherApplication(t), starts: [{ kind: 'fork' }] };
  const environment = { MPMETRICS_NAME: name(t) };
  const first: Member = { imports: 'nothing', starts: [{ kind: 'spawn' }, other] };
  t.deepEqual(await totals(t, first, environment), [3, 3, 3]);
});

test.serial('MPMETRICS=private: each process for itself, its threads with it', async (t) => {
  const starts: Member[] = [{ kind: 'threads' }, { kind: 'fork', starts: [{ kind: 'threads' }] }];
  t.deepEqual(await totals(t, { starts }, { MPMETRICS: 'private' }), [2, 2, 2, 2]);
});

test.serial('a heap that is opened by its name is shared by those who open it', async (t) => {
  const opens = name(t);
  const starts: Member[] = [
    { kind: 'spawn', program: otherApplication(t), opens },
    { kind: 'fork', opens },
    { kind: 'threads', opens },
    // In the default heap, alone.
    { kind: 'fork' },
  ];
  t.deepEqual(await totals(t, { opens, starts }), [4, 4, 4, 4, 1]);
});

test.serial('a heap that is opened to read shows what others count', async (t) => {
  const opens = name(t);
  const starts: Member[] = [{ kind: 'spawn', program: otherApplication(t), reads: opens }];
  t.deepEqual(await totals(t, { opens, starts }), [1, 1]);
});
