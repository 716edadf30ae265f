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
const sortedLines = (text: string): string => text.split('\n').toSorted().join('\n');
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
    steps: /^NaN|^errors: \w+ afterwards/,
    theirs: (text) => text.replaceAll(/ Nan$/gm, ' NaN'),
  },
  {
    title: 'quantiles of more than 32 samples are those of a t-digest (ours: within 1 %)',
    steps: /^summaries of many samples/,
    theirs: withoutNumbers,
    ours: withoutNumbers,
  },
];

/** What else differs, and why. `docs/coming-from-prom-client.md` tells users of each. */
const FURTHER: Difference[] = [
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
  {
    title: 'a gauge prints its labels in the order in which they were given last (ours: first)',
    steps: /^gauges set with labels in another order/,
    theirs: (text) =>
      text.replace('b="y",a="x"', 'a="x",b="y"').replace('"b":"y","a":"x"', '"a":"x","b":"y"'),
  },
  {
    title: 'a label of which the value is undefined has none in JSON, and "undefined" in text',
    steps: /^labels without a value: {2}as data/,
    theirs: (text) => text.replace('{"b":1}', '{"a":"undefined","b":"1"}'),
  },
  {
    title: 'a histogram that is zeroed keeps its place (ours: begins anew as the last)',
    steps: /^zeroed histograms/,
    theirs: (text) => sortedLines(text.replaceAll(/[[\],]|\{"value/g, '\n')),
    ours: (text) => sortedLines(text.replaceAll(/[[\],]|\{"value/g, '\n')),
  },
  {
    title: 'a change of default labels is not one of series: their order is that of before',
    steps: /^default labels: (?:changed|taken away|set late|get)/,
    theirs: (text) => sortedLines(text.replaceAll(/\}\},\{|\}\}\],|[[\]]\{/g, '\n')),
    ours: (text) => sortedLines(text.replaceAll(/\}\},\{|\}\}\],|[[\]]\{/g, '\n')),
  },
  {
    title: 'a bucket without an exemplar has null for one, but for that of +Inf',
    steps: /^exemplars: {2}as data/,
    theirs: (text) => text.replaceAll('"exemplar":null,', ''),
    ours: (text) => text.replaceAll('"exemplar":null,', ''),
  },
  {
    title: 'a string in the place of a number is taken for labels (ours: for no number)',
    steps: /^errors: Summary, observe (?:a string|too few|too many)/,
    theirs: (text) =>
      text.replace(
        /^Error: Added label "0" is not included.*$/,
        'TypeError: Value is not a valid number',
      ),
    ours: (text) => text.replace(/(TypeError: Value is not a valid number).*/, '$1'),
  },
];

test('text, data and errors equal prom-client’s, but for the faults that are named', async (t) => {
  const theirs = await play('prom-client');
  const ours = await play('mpmetrics');
  t.deepEqual(Object.keys(ours), Object.keys(theirs), 'the same was seen of both');

  const shown = new Map<Difference, number>();
  const unnamed: string[] = [];
  for (const [step, text] of Object.entries(theirs)) {
    const own = ours[step] as string;
    if (own === text) continue;
    const difference = [...FAULTS, ...FURTHER].find(({ steps }) => steps.test(step));
    const explained =
      difference !== undefined && difference.theirs(text) === (difference.ours ?? same)(own);
    if (explained) shown.set(difference, (shown.get(difference) ?? 0) + 1);
    else unnamed.push(`${step}\n--- prom-client\n${text}\n--- mpmetrics\n${own}`);
  }
  const count = (list: Difference[]): number =>
    list.reduce((sum, difference) => sum + (shown.get(difference) ?? 0), 0);
  const total = Object.keys(theirs).length;
  t.log(
    `${total} texts compared, ${total - count(FAULTS) - count(FURTHER) - unnamed.length} equal, ` +
      `${count(FAULTS)} differ by ${FAULTS.length} listed faults, ` +
      `${count(FURTHER)} by ${FURTHER.length} others, ${unnamed.length} unexplained`,
  );
  t.deepEqual(unnamed, []);
  for (const { title } of FAULTS.filter((fault) => !shown.has(fault)))
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
