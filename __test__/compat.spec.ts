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

/** All of them, each of which is among the faults that the project has listed. `docs/coming-from-prom-client.md` tells of them. */
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
  {
    title:
      'an empty OpenMetrics registry begins with a blank line (the page: “OpenMetrics has none”)',
    steps: /^the empty registry: OpenMetrics as text/,
    theirs: (text) => text.replace(/^\n/, ''),
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
    const fault = FAULTS.find(({ steps }) => steps.test(step));
    const explained = fault !== undefined && fault.theirs(text) === (fault.ours ?? same)(own);
    if (explained) shown.set(fault, (shown.get(fault) ?? 0) + 1);
    else unnamed.push(`${step}\n--- prom-client\n${text}\n--- mpmetrics\n${own}`);
  }
  const total = Object.keys(theirs).length;
  const differing = [...shown.values()].reduce((sum, count) => sum + count, 0);
  t.log(
    `${total} texts compared, ${total - differing - unnamed.length} equal, ` +
      `${differing} differ by listed faults, ${unnamed.length} unexplained`,
  );
  for (const fault of FAULTS) t.log(`${shown.get(fault) ?? 0}: ${fault.title}`);
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
