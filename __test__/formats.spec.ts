// Whatever a registry holds, the parsers of Python's prometheus_client read it unchanged, in both formats.
import assert from 'node:assert';
import test from 'ava';
import * as fc from 'fast-check';
import { Registry, type RegistryContentType } from '../index';
import { registries } from './formats/registries';
import { startReader, type Format, type ReadFamily, type ReadSample } from './formats/reader';

const CONTENT_TYPES = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
};
const FORMATS = ['text', 'openmetrics'] as const;

test('any registry is read back unchanged', async (t) => {
  const read = await startReader(t);
  const registry = new Registry<RegistryContentType>({ name: 'generated' });
  let samples = 0;
  const property = fc.asyncProperty(registries, async ({ metrics, defaults }) => {
    // As exemplars need it.
    registry.setContentType(CONTENT_TYPES.openmetrics);
    registry.setDefaultLabels(defaults);
    metrics.forEach((metric, index) => metric.make(registry, index));
    try {
      const shown = Object.entries(defaults).map(([name, value]) => [
        name,
        Buffer.from(value).toString(),
      ]);
      for (const format of FORMATS) {
        registry.setContentType(CONTENT_TYPES[format]);
        const families = await read(format, await registry.metrics());
        const expected = metrics.map((metric, index) =>
          metric.expected(format, Object.fromEntries(shown), index),
        );
        samples += expected.reduce((sum, family) => sum + family.samples.length, 0);
        compare(families, expected, format);
      }
    } finally {
      registry.clear();
    }
  });
  await fc.assert(property, { numRuns: 200, includeErrorInReport: true });
  t.log(`${samples} samples`);
  t.true(samples > 1000);
});

test('a page with a single number, name or text changed is noticed', async (t) => {
  const read = await startReader(t);
  const page = '# HELP a H\n# TYPE a gauge\na{b="c"} 1\n# EOF\n';
  const expected = await read('openmetrics', page);
  for (const [old, changed] of [
    ['H\n', 'h\n'],
    ['"c"', '"d"'],
    ['b=', 'c='],
    [' 1', ' 1.5'],
    ['gauge', 'unknown'],
  ]) {
    const families = await read('openmetrics', page.replace(old as string, changed as string));
    t.throws(
      () => compare(families, expected, 'openmetrics'),
      { instanceOf: assert.AssertionError },
      old,
    );
  }
  await t.throwsAsync(read('openmetrics', page.replace('# EOF\n', '')), {
    message: /refuses the page/,
  });
});

/** Throws unless they are the same, but for the times of creation and of exemplars, which nobody could know. */
function compare(families: ReadFamily[], expected: ReadFamily[], format: Format): void {
  const now = Date.now() / 1000;
  const isNow = (time: number): boolean => time > now - 3600 && time < now + 1;
  const read = families.map((family) => {
    const created = (sample: ReadSample): boolean => sample.name === `${family.name}_created`;
    assert.ok(family.samples.filter(created).every(({ value }) => isNow(value)));
    const samples = family.samples
      .filter((sample) => !created(sample))
      .map((sample) => {
        if (sample.exemplar === null) return normal(family, sample);
        const { time, ...exemplar } = sample.exemplar;
        assert.ok(isNow(Number(time)), time);
        return normal(family, { ...sample, exemplar });
      });
    return { ...family, samples };
  });
  assert.deepStrictEqual(read, expected, format);
}

/** A sample of which the bound, which each format writes in its own way, is written as JavaScript writes numbers. */
function normal({ type }: ReadFamily, { labels, ...sample }: ReadSample): ReadSample {
  const name = { histogram: 'le', summary: 'quantile' }[type];
  const bound = name === undefined ? undefined : labels[name];
  if (name === undefined || bound === undefined) return { ...sample, labels };
  return {
    ...sample,
    labels: { ...labels, [name]: `${Number(bound.replace('Inf', 'Infinity'))}` },
  };
}
