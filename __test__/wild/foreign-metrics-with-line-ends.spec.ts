// "A metric whose name has a line end in it puts a line of its own on the page."
//
// Every text that comes from a metric of somebody else is escaped: it stays in its line, and in its place there.

import test from 'ava';
import * as fc from 'fast-check';
import { openMetricsContentType, prometheusContentType, Registry } from '../../index';

/** The data of such a metric. */
interface Given {
  name: string;
  help: string;
  type: string;
  values?: unknown[];
}

const NASTY = 'a\nevil 1\n# TYPE b\\n"}{';

/** A registry with a metric that gives that. */
function registryWith(given: Given, contentType: string = prometheusContentType): Registry {
  const registry = new Registry(contentType as typeof prometheusContentType);
  registry.registerMetric({ name: 'foreign', get: async () => given } as never);
  return registry;
}

/** All texts of such a metric: through each door, in each format. */
async function texts(given: Given): Promise<string[]> {
  const plain = registryWith(given);
  const open = registryWith(given, openMetricsContentType);
  const json = [await plain.getMetricsAsJSON(), await plain.getMetricsAsJSON()];
  const doors = [plain, open, Registry.merge([plain]), Registry.merge([open])];
  const all = doors.map(async (registry) => registry.metrics());
  all.push(plain.openMetrics(), open.openMetrics());
  all.push(plain.getSingleMetricAsString('foreign'), open.getSingleMetricAsString('foreign'));
  all.push(Registry.aggregate(json).metrics());
  all.push(Registry.aggregate(json, openMetricsContentType).metrics());
  return Promise.all(all);
}

test('the report', async (t) => {
  const registry = registryWith({ name: 'a\nb 1', help: 'h', type: 'counter' });
  t.is(await registry.metrics(), '# HELP a\\nb 1 h\n# TYPE a\\nb 1 counter\n');
});

const exemplar = { labelSet: { [NASTY]: NASTY }, value: NASTY, timestamp: NASTY };
const value = { value: 1, labels: {} };
const PLACES: Record<string, Given> = {
  'the name': { name: NASTY, help: 'H', type: 'gauge', values: [value] },
  'the name of a counter': { name: NASTY, help: 'H', type: 'counter', values: [value] },
  'the help text': { name: 'n', help: NASTY, type: 'gauge', values: [value] },
  'the type': { name: 'n', help: 'H', type: NASTY, values: [value] },
  "a label's name": {
    name: 'n',
    help: 'H',
    type: 'gauge',
    values: [{ value: 1, labels: { [NASTY]: 'x' } }],
  },
  "a label's value": {
    name: 'n',
    help: 'H',
    type: 'gauge',
    values: [{ value: 1, labels: { x: NASTY } }],
  },
  "a label's value that is no text": {
    name: 'n',
    help: 'H',
    type: 'gauge',
    values: [{ value: 1, labels: { x: [NASTY], y: { toString: () => NASTY } } }],
  },
  'shared labels': {
    name: 'n',
    help: 'H',
    type: 'histogram',
    values: [{ value: 1, labels: { le: NASTY }, sharedLabels: { [NASTY]: NASTY } }],
  },
  "a sample's name": {
    name: 'n',
    help: 'H',
    type: 'summary',
    values: [{ ...value, metricName: NASTY }],
  },
  "a counter sample's name": {
    name: 'n',
    help: 'H',
    type: 'counter',
    values: [{ ...value, metricName: NASTY }],
  },
  'the value': { name: 'n', help: 'H', type: 'gauge', values: [{ value: NASTY, labels: {} }] },
  'an exemplar': { name: 'n', help: 'H', type: 'counter', values: [{ ...value, exemplar }] },
};

for (const [place, given] of Object.entries(PLACES)) {
  test(`a line end in ${place}`, async (t) => {
    for (const text of await texts(given)) {
      const lines = text.split('\n').filter((line) => line !== '' && line !== '# EOF');
      t.deepEqual(
        lines.filter((line) => line.startsWith('evil')),
        [],
        text,
      );
      // Two lines of comments, and one for each sample.
      t.true(lines.length <= 2 + (given.values ?? []).length, text);
      t.true(lines[0]?.startsWith('# HELP '), text);
      t.true(lines[1]?.startsWith('# TYPE '), text);
    }
  });
}

test('names and types have their backslashes escaped, label values their quotation marks, too', async (t) => {
  const labels = { 'l\\': 'v\\"\n' };
  const values = [{ value: 1, labels, metricName: 'n\\_s' }];
  const registry = registryWith({ name: 'n\\', help: 'h\\', type: 't\\', values });
  t.is(
    await registry.metrics(),
    '# HELP n\\\\ h\\\\\n# TYPE n\\\\ t\\\\\nn\\\\_s{l\\\\="v\\\\\\"\\n"} 1\n',
  );
});

test('numbers for name, help and type are printed as text, and without values there are no samples', async (t) => {
  const registry = registryWith({ name: 7, help: 8, type: 9 } as never);
  t.is(await registry.metrics(), '# HELP 7 8\n# TYPE 7 9\n');
});

test('whatever the texts are, each sample has one line', async (t) => {
  const text = fc.string({ unit: fc.constantFrom('a', '\n', '\\', '"', '}', '{', ' ', '#', ',') });
  const anyValue = fc.record({
    value: fc.oneof(fc.double(), text),
    labels: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.array(text))),
    sharedLabels: fc.dictionary(text, text),
    metricName: fc.option(text, { nil: undefined }),
    exemplar: fc.option(
      fc.record({ labelSet: fc.dictionary(text, text), value: text, timestamp: text }),
      { nil: undefined },
    ),
  });
  const anyType = fc.oneof(text, fc.constantFrom('counter', 'gauge', 'histogram', 'summary'));
  await fc.assert(
    fc.asyncProperty(
      fc.record({ name: text, help: text, type: anyType, values: fc.array(anyValue) }),
      async (given) => {
        for (const contentType of [prometheusContentType, openMetricsContentType]) {
          const page = await registryWith(given, contentType).metrics();
          const end = contentType === prometheusContentType ? 0 : 1;
          t.is(page.split('\n').length, 2 + given.values.length + end + 1, page);
        }
      },
    ),
    { numRuns: 300 },
  );
});
