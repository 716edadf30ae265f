// Which processes share a heap without configuration. Each member counts 1, and reports the total that it sees.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { run, type Report } from './support/run';

const KINDS = ['threads', 'fork', 'spawn', 'cluster'] as const;

/** The plan for a member: see `support/member.mjs`. */
interface Member {
  kind?: (typeof KINDS)[number];
  starts?: Member[];
  imports?: 'all' | 'package' | 'nothing';
  opens?: string;
  reads?: string;
  program?: string;
}

interface Totals extends Report {
  /** The total that each counting member sees: the first, its first child, the first child of this child, and so on. */
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

/** A chain in which each member starts the next one. */
function chain(...kinds: Member['kind'][]): Member[] {
  const [kind, ...rest] = kinds;
  return kind === undefined ? [] : [{ kind, starts: chain(...rest) }];
}

/** A package in a temporary folder of its own. Its main script is a member too. */
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
  test.serial(`a process that starts others: ${kind}`, async (t) => {
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

test.serial('spawned processes of a parent without the import stay separate', async (t) => {
  const starts: Member[] = [{ kind: 'spawn' }, { kind: 'spawn' }];
  t.deepEqual(await totals(t, { imports: 'nothing', starts }), [1, 1]);
});

test.serial('another application that inherits the environment stays separate', async (t) => {
  const program = otherApplication(t);
  const other: Member = { kind: 'spawn', program, starts: [{ kind: 'fork', program }] };
  t.deepEqual(await totals(t, { starts: [{ kind: 'fork' }, other] }), [2, 2, 2, 2]);
});

test.serial('MPMETRICS=inherit: another application joins', async (t) => {
  const other: Member = { kind: 'spawn', program: otherApplication(t), starts: [{ kind: 'fork' }] };
  const environment = { MPMETRICS: 'inherit' };
  t.deepEqual(await totals(t, { starts: [{ kind: 'fork' }, other] }, environment), [4, 4, 4, 4]);
});

test.serial('MPMETRICS_NAME: all processes with the name share, in any application', async (t) => {
  const other: Member = { kind: 'spawn', program: otherApplication(t), starts: [{ kind: 'fork' }] };
  const environment = { MPMETRICS_NAME: name(t) };
  const first: Member = { imports: 'nothing', starts: [{ kind: 'spawn' }, other] };
  t.deepEqual(await totals(t, first, environment), [3, 3, 3]);
});

test.serial('MPMETRICS=private: each process counts for itself, with its threads', async (t) => {
  const starts: Member[] = [{ kind: 'threads' }, { kind: 'fork', starts: [{ kind: 'threads' }] }];
  t.deepEqual(await totals(t, { starts }, { MPMETRICS: 'private' }), [2, 2, 2, 2]);
});

test.serial('programs that open a heap by its name share it', async (t) => {
  const opens = name(t);
  const starts: Member[] = [
    { kind: 'spawn', program: otherApplication(t), opens },
    { kind: 'fork', opens },
    { kind: 'threads', opens },
    // This one counts alone, in the default heap.
    { kind: 'fork' },
  ];
  t.deepEqual(await totals(t, { opens, starts }), [4, 4, 4, 4, 1]);
});

test.serial('a heap opened for reading shows the counts of others', async (t) => {
  const opens = name(t);
  const starts: Member[] = [{ kind: 'spawn', program: otherApplication(t), reads: opens }];
  t.deepEqual(await totals(t, { opens, starts }), [1, 1]);
});
