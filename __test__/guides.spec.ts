// Each program in these guides runs as it stands, and prints the text below it. Their YAML is that of the examples.
// Ports, addresses and certificates are those of the test.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { load } from 'js-yaml';
import { blocksOf, GUIDES_OF_PROGRAMS, isInExamples, missingLines } from './support/guides';
import { runProgram } from './support/programs';
import { onLinux } from './support/systems';

/** Variables that this package or its tests set, and no user. */
const INTERNAL = new Set(['MPMETRICS_TIER', 'MPMETRICS_TOKEN', 'MPMETRICS_SETTINGS']);

const masked = (text: string): string => text.replaceAll(/\d+/g, '0');

for (const guide of GUIDES_OF_PROGRAMS) {
  const text = readFileSync(`docs/guides/${guide}.md`, 'utf8');
  for (const { 1: code = '', 2: intro, 3: expected, index } of text.matchAll(
    /^```[jt]s\n([^]*?)^```$(?:\n\n(It prints.*):\n\n```text\n([^]*?)^```$)?/gm,
  )) {
    const title = `docs/guides/${guide}.md:${text.slice(0, index).split('\n').length}`;
    test(title, async (t) => {
      t.timeout(300_000);
      t.regex(code, /^(?:\/\/ .*\n)?import /);
      const { stdout, stderr } = await runProgram(t, code);
      t.is(stderr, '');
      if (expected === undefined) t.is(stdout, '');
      else if (intro === 'It prints') t.is(stdout, expected);
      else if (intro?.endsWith('with other numbers') === true) {
        t.deepEqual(missingLines(masked(stdout), masked(expected)), [], stdout);
      } else t.deepEqual(missingLines(stdout, expected), [], stdout);
    });
  }
}

test('the YAML of the guides is in the examples', (t) => {
  let count = 0;
  for (const guide of GUIDES_OF_PROGRAMS) {
    const text = readFileSync(`docs/guides/${guide}.md`, 'utf8');
    for (const block of blocksOf(text, 'yaml')) {
      count += 1;
      t.true(isInExamples(load(block)), block);
    }
  }
  t.true(count > 5);
  t.false(isInExamples(load('volumes: [{ name: shm }]')));
});

test('all links of the guides lead to files, and to headings in them', (t) => {
  for (const guide of readdirSync('docs/guides')) {
    const text = readFileSync(`docs/guides/${guide}`, 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? `docs/guides/${guide}` : join('docs/guides', path);
      t.true(existsSync(file), `${guide}: ${link}`);
      if (anchor === undefined) continue;
      const headings = readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm);
      const anchors = [...headings].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      t.true(anchors.includes(anchor), `${guide}: ${link}`);
    }
  }
});

test('errors.md has each code of the source', (t) => {
  const files = ['src', 'crates/core/src', 'crates/node/src'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|rs)$/.test(name))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const codes = new Set(files.join('\n').match(/(?<=['"])MPMETRICS_[A-Z_]+(?=['"])/g));
  const known = ['errors', 'settings', 'named-heaps'].map((guide) =>
    readFileSync(`docs/guides/${guide}.md`, 'utf8'),
  );
  t.deepEqual(
    [...codes].filter((code) => !INTERNAL.has(code) && !known.join('').includes(`\`${code}`)),
    [],
  );
  t.true(codes.size > 50);
});

test('a program that prints something else is noticed', async (t) => {
  t.deepEqual(missingLines('a 1\nb 2\n', 'b\na\n'), ['a']);
  const { stdout } = await runProgram(t, `import 'mpmetrics';\nconsole.log('x');`);
  t.is(stdout, 'x\n');
  await t.throwsAsync(runProgram(t, `import 'mpmetrics';\nthrow new Error('broken');`), {
    message: /broken/,
  });
});

onLinux('containers.md: the bytes of a series', async (t) => {
  t.timeout(180_000);
  const rows = readFileSync('docs/guides/containers.md', 'utf8').matchAll(
    /^\| (\w+).*\| (\d+) +\| (\d+) +\|$/gm,
  );
  const measured: string[] = [];
  for (const [, kind = '', one, four] of rows) {
    for (const [processes, said] of [
      [1, one],
      [4, four],
    ] as const) {
      const { stdout } = await runProgram(t, BYTES, [kind, String(processes)]);
      const ratio = Number(stdout) / Number(said);
      t.true(ratio > 0.97 && ratio < 1.03, `${kind} in ${processes}: ${stdout}`);
      measured.push(`${kind} ${processes}: ${stdout.trim()}`);
    }
  }
  t.is(measured.length, 10);
  t.log(measured.join(', '));
});

/** Prints how many bytes of shared memory a series takes. */
const BYTES = `
  import { fork } from 'node:child_process';
  import { once } from 'node:events';
  import { Counter, Gauge, Histogram, Summary, open } from 'mpmetrics';

  const SERIES = 10_000;
  const [kind, processes, isChild] = process.argv.slice(2);
  const options = { name: 'm', help: 'H', labelNames: ['method', 'route', 'status'] };
  const metric = {
    counter: () => new Counter(options),
    gauge: () => new Gauge(options),
    histogram: () => new Histogram(options),
    summary: () => new Summary(options),
    native: () => new Histogram({ ...options, native: true, buckets: [] }),
  }[kind]();
  if (isChild) {
    for (let n = 0; n < SERIES; n += 1) {
      const route = '/users/' + String(n).padStart(6, '0') + '/orders';
      const labels = { method: 'GET', route, status: '200' };
      if (kind === 'counter') metric.inc(labels);
      else if (kind === 'gauge') metric.set(labels, 1);
      else for (let value = 0.001; value < 0.2; value *= 1.7) metric.observe(labels, value);
    }
    process.send('done');
    process.on('message', () => process.exit());
  } else {
    const children = [];
    for (let started = 0; started < Number(processes); started += 1) {
      const child = fork(process.argv[1], [kind, processes, 'child']);
      children.push(child);
      await once(child, 'message');
    }
    console.log(Math.round(open().info().bytes / SERIES));
    for (const child of children) child.send('end');
  }
`;
