// One broad use of the API, run through prom-client 15.1.3 and through mpmetrics, each in a process of its own: what
// can be seen of them is the same to the byte, but for what is named here.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import test from 'ava';
import type { Transcript } from './compat/scenario';

/** Something of prom-client's that is done otherwise on purpose. */
interface Difference {
  /** What prom-client does, and why it is not done here. */
  title: string;
  /** The steps that show it. */
  steps: RegExp;
  /** What has to become of prom-client's text (and of ours, where ours has more) for the two to be equal. */
  theirs: (text: string) => string;
  ours?: (text: string) => string;
}

const same = (text: string): string => text;
const withoutNumbers = (text: string): string => text.replaceAll(/-?\d+(?:\.\d+)?/g, '#');

/** The faults that the project has listed as such. */
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
    theirs: (text) => text.replaceAll(/ Nan$/gm, ' NaN'),
  },
  {
    title: 'quantiles of more than 32 samples are those of a t-digest (ours: within 1 %)',
    steps: /^summaries of many samples/,
    theirs: withoutNumbers,
    ours: withoutNumbers,
  },
];

/** What OpenMetrics 1.0.0 asks for, and prom-client does otherwise: a strict parser refuses its text. */
const BY_THE_STANDARD: Difference[] = [
  {
    title: 'OpenMetrics is not as its specification asks: bounds, help texts, times of creation',
    steps: /^OpenMetrics: as text|^exemplars: {2}as text/,
    theirs: same,
    ours: (text) =>
      text
        .replaceAll(/^\w+_created(?:\{.*\})? \S+\n/gm, '')
        .replaceAll(/(le="\d+)\.0"/g, '$1"')
        .replaceAll(/^# HELP .*$/gm, (line) => line.replaceAll('\\"', '"')),
  },
  {
    title: 'an empty OpenMetrics registry begins with a blank line, which the format forbids',
    steps: /^the empty registry: OpenMetrics/,
    theirs: (text) => text.replace(/^\n/, ''),
  },
];

/** All of them. `docs/coming-from-prom-client.md` tells users of each. */
const DIFFERENCES = [...FAULTS, ...BY_THE_STANDARD];

test('text, data and errors equal prom-client’s, but for the faults that are named', async (t) => {
  const theirs = await play('prom-client');
  const ours = await play('mpmetrics');
  t.deepEqual(Object.keys(ours), Object.keys(theirs), 'the same was seen of both');

  const shown = new Map<Difference, number>();
  const unnamed: string[] = [];
  for (const [step, text] of Object.entries(theirs)) {
    const own = ours[step] as string;
    if (own === text) continue;
    const difference = DIFFERENCES.find(({ steps }) => steps.test(step));
    const explained =
      difference !== undefined && difference.theirs(text) === (difference.ours ?? same)(own);
    if (explained) shown.set(difference, (shown.get(difference) ?? 0) + 1);
    else unnamed.push(`${step}\n--- prom-client\n${text}\n--- mpmetrics\n${own}`);
  }
  const count = (list: Difference[]): number =>
    list.reduce((sum, difference) => sum + (shown.get(difference) ?? 0), 0);
  const total = Object.keys(theirs).length;
  t.log(
    `${total} texts compared, ${total - count(DIFFERENCES) - unnamed.length} equal, ` +
      `${count(FAULTS)} differ by ${FAULTS.length} listed faults, ` +
      `${count(BY_THE_STANDARD)} by OpenMetrics' rules, ` +
      `${unnamed.length} unexplained`,
  );
  t.deepEqual(unnamed, []);
  for (const { title } of DIFFERENCES.filter((difference) => !shown.has(difference)))
    t.fail(`not shown: ${title}`);
});

test('the reference is the version that is promised', (t) => {
  const { version } = createRequire(import.meta.url)('prom-client/package.json') as {
    version: string;
  };
  t.is(version, '15.1.3');
});

async function play(library: string): Promise<Transcript> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import=@oxc-node/core/register', '__test__/compat/run.ts', library],
    { maxBuffer: 1e8, env: { ...process.env, MPMETRICS: 'private' } },
  );
  return JSON.parse(stdout) as Transcript;
}
