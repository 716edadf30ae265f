// One broad use of the API runs with prom-client 15.1.3 and with mpmetrics, each in its own process. The visible
// results must be equal to the byte, except for the differences named here.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import * as mpmetrics from '../index';
import { NOT_COPIED } from './compat/not-copied';
import type { Transcript } from './compat/scenario';
import type { Client } from './compat/seeing';

/** A deliberate difference from prom-client. */
interface Difference {
  /** The behaviour of prom-client, and the reason for the difference. */
  title: string;
  /** The steps that show it. */
  steps: RegExp;
  /** Changes prom-client's text (and ours, if ours has more), so that both are equal. */
  theirs: (text: string) => string;
  ours?: (text: string) => string;
}

const same = (text: string): string => text;
const withNaN = (text: string): string => text.replaceAll(/ Nan$/gm, ' NaN');
const withoutEmptyLabels = (text: string): string =>
  text.replaceAll(/("metricName":"\w+_(?:sum|count)"),"labels":{}/g, '$1');
const withoutNumbers = (text: string): string => text.replaceAll(/-?\d+(?:\.\d+)?/g, '#');

/** All differences. Each is on the project's list of faults, and `docs/coming-from-prom-client.md` describes it. */
const FAULTS: Difference[] = [
  {
    title: 'two sets of labels that look alike when they are strung together share a series',
    steps: /^labels that look alike/,
    theirs: (text) =>
      text
        .replace('{x="1,y:2"} 2', '{x="1,y:2"} 1\nalike_total{x="1",y="2"} 1')
        .replace(
          '{"value":2,"labels":{"x":"1,y:2"}}',
          '{"value":1,"labels":{"x":"1,y:2"}},{"value":1,"labels":{"x":"1","y":"2"}}',
        ),
  },
  {
    title: 'OpenMetrics aggregates print foo_total_total',
    steps: /^OpenMetrics aggregates/,
    theirs: (text) =>
      text.replace('foo_total_total', 'foo_total').replaceAll(/^(# \w+ foo)_total/gm, '$1'),
  },
  {
    title: 'NaN prints as Nan',
    steps: /^NaN|^errors: \w+ afterwards|^random programs/,
    theirs: withNaN,
  },
  {
    title: 'quantiles of more than 32 samples are those of a t-digest (ours: within 1 %)',
    steps: /^summaries of many samples/,
    theirs: withoutNumbers,
    ours: withoutNumbers,
  },
  {
    title:
      'an empty OpenMetrics registry begins with a blank line (the page: “OpenMetrics has none”)',
    steps: /^the empty registry: OpenMetrics as text/,
    theirs: (text) => text.replace(/^\n/, ''),
  },
];

/** Differences of 0.16.1 from 15.1.3, which random programs show. This package follows 15.1.3. */
const NEWER: Difference[] = [
  {
    title:
      'errors for names say which, and labels that were declared are told in alphabetical order',
    steps: /^random programs/,
    theirs: (text) =>
      text
        .replaceAll(/^(Error: Invalid metric name): .*$/gm, '$1')
        .replaceAll(
          /^Error: At least one label name is invalid: .*$/gm,
          'Error: Invalid label name',
        ),
    ours: (text) =>
      text.replaceAll(
        /^(Error: Added label "\w+" is not included in initial labelset: \[) (.*) \]$/gm,
        (_, beginning: string, names: string) =>
          `${beginning} ${names.split(', ').toSorted().join(', ')} ]`,
      ),
  },
  {
    title: 'sum and count of a summary without labels have no `labels` at all as data',
    steps: /^random programs/,
    theirs: withoutEmptyLabels,
    ours: withoutEmptyLabels,
  },
  { title: 'NaN prints as Nan', steps: /^random programs/, theirs: withNaN },
];

test('text, data and errors equal prom-client’s, except for the named faults', async (t) => {
  await compare(t, 'prom-client', FAULTS);
});

test('random programs equal @prometheus-io/client’s as well, except for the named differences', async (t) => {
  await compare(t, '@prometheus-io/client', NEWER);
});

for (const [title, [look, theirs, ours]] of Object.entries(NOT_COPIED)) {
  test(`not copied, as docs/coming-from-prom-client.md says: ${title}`, async (t) => {
    const reference = createRequire(import.meta.url)('prom-client') as Client;
    t.deepEqual(await look(reference), theirs);
    t.deepEqual(await look(mpmetrics as never), ours);
  });
}

for (const [library, promised] of [
  ['prom-client', '15.1.3'],
  ['@prometheus-io/client', '0.16.1'],
] as const) {
  test(`the reference is the promised version: ${library}`, (t) => {
    const { version } = createRequire(import.meta.url)(`${library}/package.json`) as {
      version: string;
    };
    t.is(version, promised);
  });
}

/** Plays a library's scenario twice. The named differences of a step must explain each difference of its texts. */
async function compare(t: ExecutionContext, library: string, named: Difference[]): Promise<void> {
  const theirs = await play(library, library);
  const ours = await play('mpmetrics', library);
  t.deepEqual(Object.keys(ours), Object.keys(theirs), 'the same was seen of both');

  const shown = new Map<Difference, number>();
  const unnamed: string[] = [];
  for (const [step, text] of Object.entries(theirs)) {
    const own = ours[step] as string;
    if (own === text) continue;
    const [reference, result, causes] = explained(
      text,
      own,
      named.filter(({ steps }) => steps.test(step)),
    );
    if (reference !== result)
      unnamed.push(`${step}\n--- ${library}\n${text}\n--- mpmetrics\n${own}`);
    else for (const cause of causes) shown.set(cause, (shown.get(cause) ?? 0) + 1);
  }
  const total = Object.keys(theirs).length;
  const equal = Object.entries(theirs).filter(([step, text]) => text === ours[step]).length;
  t.log(
    `${library}: ${total} texts compared, ${equal} equal, ` +
      `${total - equal - unnamed.length} differ by what is named, ${unnamed.length} unexplained`,
  );
  for (const difference of named) t.log(`${shown.get(difference) ?? 0}: ${difference.title}`);
  t.deepEqual(unnamed, []);
  for (const { title } of named.filter((difference) => !shown.has(difference)))
    t.fail(`not shown: ${title}`);
}

/** Both texts with the possible differences applied, and the differences that were necessary. */
function explained(
  theirs: string,
  ours: string,
  differences: Difference[],
): [theirs: string, ours: string, causes: Difference[]] {
  let texts: [string, string] = [theirs, ours];
  const causes: Difference[] = [];
  for (const difference of differences) {
    const after: [string, string] = [
      difference.theirs(texts[0]),
      (difference.ours ?? same)(texts[1]),
    ];
    if (after[0] !== texts[0] || after[1] !== texts[1]) causes.push(difference);
    texts = after;
  }
  return [...texts, causes];
}

async function play(library: string, scenario: string): Promise<Transcript> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import=@oxc-node/core/register', '__test__/compat/run.ts', library, scenario],
    { maxBuffer: 1e9, env: { ...process.env, MPMETRICS: 'private' } },
  );
  return JSON.parse(stdout) as Transcript;
}
