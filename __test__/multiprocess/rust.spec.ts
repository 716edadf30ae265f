// Programs in Rust beside a Node.js application: members of its heap, and programs with another version of the layout.
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { layout } from '../../src/heap/native';
import { application, type Actor } from './support/actors';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The layout version of programs that are built with the feature `another-layout`. */
const ANOTHER_LAYOUT = 1023;

/** The folder of the built examples. It is a separate folder, because the next build replaces the programs. */
async function built(...options: string[]): Promise<string> {
  const examples = ['attach', 'member'].flatMap((name) => ['--example', name]);
  const { stdout } = await promisify(execFile)(
    'cargo',
    ['build', '--message-format=json', '--package', 'mpmetrics-core', ...examples, ...options],
    { cwd: root, maxBuffer: 2 ** 26 },
  );
  const folder = mkdtempSync(join(tmpdir(), 'mpmetrics-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  for (const [, path = ''] of stdout.matchAll(/"executable":"([^"]+)"/g)) {
    copyFileSync(path, join(folder, basename(path)));
  }
  return folder;
}

const programs = built();
const programsOfAnother = programs.then(async () => built('--features', 'another-layout'));

/** Runs the example `attach`, which reads the heap and counts a visit. */
async function attach(folder: Promise<string>): Promise<string> {
  const { stdout } = await promisify(execFile)(`${await folder}/attach`, [heap()]);
  return stdout;
}

function heap(): string {
  return process.env['MPMETRICS_NAME'] as string;
}

/** The example `member`, which counts a job and stays. */
class Member {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  /** All warnings, complete after `leave()`. Standard output may come earlier. */
  warnings = '';

  constructor(t: ExecutionContext, folder: string) {
    this.#child = spawn(`${folder}/member`, [heap()]);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.on('data', (chunk: Buffer) => (this.warnings += chunk.toString()));
    this.#closed = once(this.#child, 'close');
    t.teardown(() => this.#child.kill());
  }

  /** Its next page of metrics, which it prints after counting. */
  async shown(): Promise<string> {
    const lines = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true || value === '--') return lines.join('\n');
      lines.push(value);
    }
  }

  /** Ends the program, and returns its last page. */
  async leave(): Promise<string> {
    this.#child.stdin.end();
    const text = await this.shown();
    await this.#closed;
    return text;
  }
}

async function count(actor: Actor): Promise<void> {
  await actor.run((client, kept) => {
    kept.jobs ??= new client.Counter({
      name: 'jobs_total',
      help: 'Jobs',
      labelNames: ['language'],
    });
    kept.jobs.inc({ language: 'javascript' });
  });
}

async function scrape(actor: Actor): Promise<string> {
  return actor.run(async (client) => client.register.metrics({ own: true }));
}

test.before('build', async (t) => {
  t.timeout(600_000);
  await programsOfAnother;
});

test.serial('a program in Rust reads a running application, and counts in it', async (t) => {
  const [one, two] = application(t, 'fork', 'threads') as [Actor, Actor];
  await count(one);
  await count(two);
  const seen = await attach(programs);
  t.regex(seen, /^jobs_total\{language="javascript"\} 2$/m);
  t.regex(seen, /^mpmetrics_writers\{state="live"\} 2$/m);
  for (const actor of [one, two]) {
    t.regex(await scrape(actor), /^visits_total\{language="rust"\} 1$/m);
  }
  // The program has ended. Its counts stay, and the next run continues them.
  await attach(programs);
  t.regex(
    await scrape(one),
    /^# HELP visits_total Programs [^]*^visits_total\{language="rust"\} 2$/m,
  );
  await Promise.all([one.leave(), two.leave()]);
});

test.serial('a program in Rust is a member like any other', async (t) => {
  const [actor] = application(t, 'fork') as [Actor];
  const member = new Member(t, await programs);
  t.regex(await member.shown(), /^jobs_total\{language="rust"\} 1$/m);
  await count(actor);
  t.regex(await scrape(actor), /^jobs_total\{language="rust"\} 1$/m);
  t.regex(await member.leave(), /^jobs_total\{language="javascript"\} 1$/m);
  t.is(member.warnings, '');
  await actor.leave();
});

test.serial('without an application there is no heap to read', async (t) => {
  application(t);
  await t.throwsAsync(attach(programs), {
    message: /there is no heap of that name: start the app/,
  });
});

test.serial(
  'two layout versions under one name: each has a heap, and the conflict is reported once',
  async (t) => {
    const [old, fresh] = application(t, 'fork', 'fork') as [Actor, Actor];
    await count(old);
    await t.throwsAsync(attach(programsOfAnother), {
      message: new RegExp(
        `the heap has layout version ${layout.version}, this process reads ${ANOTHER_LAYOUT}: read it with the version`,
      ),
    });
    const other = new Member(t, await programsOfAnother);
    const theirs = await other.shown();
    t.regex(theirs, /^jobs_total\{language="rust"\} 1$/m);
    t.notRegex(theirs, /javascript/);
    t.regex(theirs, /^mpmetrics_conflicts_total 1$/m);

    // Both continue, each in its own heap.
    await count(fresh);
    for (const actor of [old, fresh]) {
      const text = await scrape(actor);
      t.regex(text, /^jobs_total\{language="javascript"\} 2$/m);
      t.notRegex(text, /rust/);
      t.regex(text, /^mpmetrics_conflicts_total 0$/m);
    }
    t.deepEqual(await old.run((_, kept) => kept.warnings), []);
    const warnings = await fresh.run((_, kept) => kept.warnings);
    t.deepEqual(
      warnings.map(({ code }) => code),
      ['MPMETRICS_LAYOUT_MISMATCH'],
    );
    t.regex(
      warnings[0]?.message ?? '',
      new RegExp(`layout ${ANOTHER_LAYOUT}, here ${layout.version}\\b`),
    );
    await Promise.all([old.leave(), fresh.leave()]);
    // The heap of the other version still exists.
    const late = new Member(t, await programsOfAnother);
    t.regex(await late.shown(), /^jobs_total\{language="rust"\} 2$/m);
    await late.leave();
    await other.leave();
    t.regex(
      other.warnings,
      new RegExp(
        `^member: others have a heap of that name with layout ${layout.version},[^\\n]*\\n$`,
      ),
    );
  },
);

test.serial('a reader of another layout gets an error with advice', async (t) => {
  const [actor] = application(t, 'fork') as [Actor];
  const other = new Member(t, await programsOfAnother);
  await other.shown();
  const code = await actor.run((client) => {
    try {
      client.open({ name: process.env['MPMETRICS_NAME'] as string, mode: 'read' });
      return 'none';
    } catch (error) {
      const { code: found, message } = error as Error & { code: string };
      return `${found} ${message}`;
    }
  });
  const versions = `layout version ${ANOTHER_LAYOUT}, this process reads ${layout.version}: `;
  t.regex(code, new RegExp(`^MPMETRICS_LAYOUT_MISMATCH .*${versions}`));
  await other.leave();
  await actor.leave();
});
