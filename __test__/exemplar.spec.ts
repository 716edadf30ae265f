// Exemplars: valid labels, the formats that show them, and the choice of the newest.

import test from 'ava';
import { Counter, Histogram, Registry } from '../index';
import { DirectCell, type FamilyCell } from '../src/cell/cell';
import { layout } from '../src/heap/native';
import { seriesOf, valuesOf, type ReadValue } from './support/metrics';

type Exemplified = ReadValue & {
  exemplar?: { labelSet: Record<string, string>; value: number; timestamp: number } | null;
};

/** A counter and a histogram with exemplars, in their own registry. */
function traced<T extends string>(
  labelNames: T[] = [],
): {
  registry: Registry;
  counter: Counter<T>;
  histogram: Histogram<T>;
} {
  const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE) as unknown as Registry;
  const common = { labelNames, registers: [registry], enableExemplars: true };
  return {
    registry,
    counter: new Counter({ name: 'c', help: 'C', ...common }),
    histogram: new Histogram({ name: 'h', help: 'H', buckets: [1, 2], ...common }),
  };
}

function trace(id: string): never {
  return { trace_id: id } as never;
}

async function exemplarsOf(metric: { get(): Promise<{ values: unknown[] }> }): Promise<unknown[]> {
  return ((await valuesOf(metric)) as Exemplified[]).map(({ exemplar }) => exemplar);
}

async function labelSetOf(metric: Counter): Promise<object> {
  const [exemplar] = await exemplarsOf(metric);
  return (exemplar as { labelSet: object }).labelSet;
}

test('the newest exemplar of each bucket is shown, in OpenMetrics', async (t) => {
  const { registry, counter, histogram } = traced();
  const before = Date.now() / 1000;
  counter.inc({ value: 2, exemplarLabels: trace('old') });
  counter.inc({ exemplarLabels: trace('new') });
  counter.inc({ value: 5 });
  for (const [value, id] of [
    [0.5, 'first'],
    [1, 'at the bound'],
    [1.5, 'second'],
    [7, 'the rest'],
  ] as const) {
    histogram.observe({ value, exemplarLabels: trace(id) });
  }
  histogram.observe({ value: 0.25 });
  histogram.observe({ value: 0.25, exemplarLabels: {} });
  const text = await registry.metrics();
  for (const line of [
    /^c_total 8 # \{trace_id="new"\} 1 [\d.]+$/m,
    /^h_bucket\{le="1"\} 4 # \{trace_id="at the bound"\} 1 [\d.]+$/m,
    /^h_bucket\{le="2"\} 5 # \{trace_id="second"\} 1.5 [\d.]+$/m,
    /^h_bucket\{le="\+Inf"\} 6 # \{trace_id="the rest"\} 7 [\d.]+$/m,
    /^h_count 6$/m,
  ]) {
    t.regex(text, line);
  }
  const [value] = (await valuesOf(counter)) as Exemplified[];
  t.like(value, { value: 8, exemplar: { labelSet: { trace_id: 'new' }, value: 1 } });
  const { timestamp = 0 } = value?.exemplar ?? {};
  t.true(timestamp >= before && timestamp <= Date.now() / 1000);
});

test('as data: null without an exemplar, and undefined after all buckets', async (t) => {
  const { histogram, counter } = traced();
  t.deepEqual(await exemplarsOf(counter), [undefined]);
  t.deepEqual(await exemplarsOf(histogram), [null, null, undefined, undefined, undefined]);
  histogram.observe({ value: 3, exemplarLabels: trace('x') });
  t.like((await exemplarsOf(histogram))[2], { labelSet: { trace_id: 'x' }, value: 3 });
});

test('labels of any text are returned unchanged', async (t) => {
  const { registry, counter } = traced(['x']);
  const texts = ['', '"', '\\', 'a\nb', '{},="', 'é', '漢字', '🚀'.repeat(9), '\\n', '\u0000', ','];
  for (const [x, text] of texts.entries()) {
    // Twice: each buffer in turn.
    for (const other of ['a', 'b']) {
      counter.inc({ labels: { x }, exemplarLabels: { text, other } as never });
    }
  }
  t.deepEqual(
    (await exemplarsOf(counter)).map((exemplar) => (exemplar as { labelSet: unknown }).labelSet),
    texts.map((text) => ({ text, other: 'b' })),
  );
  t.is((await registry.metrics()).match(/ # \{/g)?.length, texts.length);
});

test('labels of any length are returned unchanged, with characters to escape at any position', async (t) => {
  const { counter } = traced();
  for (let length = 0; length <= 13; length += 1) {
    const plain = 'abcdefghijklm'.slice(0, length);
    const texts = ['"', '\\', '\n', 'é', '🚀'].flatMap((special) =>
      Array.from({ length }, (_, at) => plain.slice(0, at) + special + plain.slice(at + 1)),
    );
    for (const text of [plain, ...texts]) {
      counter.inc({ exemplarLabels: { text, other: 'x' } as never });
      t.deepEqual(await labelSetOf(counter), { text, other: 'x' });
    }
  }
});

test('invalid names are refused at any position, and for any number of labels', async (t) => {
  const { counter } = traced();
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`n${index}`, '']));
  for (const labels of [many, { n1: '', n0: '' }, many, { n0: '', n2: '' }]) {
    counter.inc({ exemplarLabels: labels as never });
    t.is(JSON.stringify(await labelSetOf(counter)), JSON.stringify(labels));
    for (const wrong of [{ 'n-0': '' }, { n0: '', 'n-1': '' }, { ...many, 'n-12': '' }]) {
      for (let time = 0; time < 2; time += 1) {
        t.throws(() => counter.inc({ exemplarLabels: wrong as never }), {
          message: 'Invalid label name',
        });
      }
    }
  }
});

test('any sequence of label sets in one cell', async (t) => {
  const { counter } = traced();
  const sets = [
    { trace_id: 'abc', span_id: 'de' },
    { trace_id: 'xyz', span_id: 'uv' },
    { trace_id: 'x', span_id: 'uvwx' },
    { trace_id: 'x' },
    { trace_id: 'x', span_id: 'uvwx' },
    { span_id: 'uvwx', trace_id: 'x' },
    { trace_id: '"', span_id: 'é' },
    { a: '', b: '', c: '' },
    { a: 'a long one that goes over the others', b: '', c: '' },
    { a: '', c: '', b: '' },
    {},
    { a: '', c: '', b: '' },
  ];
  // Each before and after each other, in both buffers.
  for (const first of sets) {
    for (const second of sets) {
      for (const labels of [first, second, first, second, second]) {
        counter.inc({ exemplarLabels: labels as never });
      }
      t.is(JSON.stringify(await labelSetOf(counter)), JSON.stringify(second));
    }
  }
});

test('the labels have at most 128 characters', async (t) => {
  const { counter, histogram } = traced();
  const text = '漢'.repeat(120);
  counter.inc({ exemplarLabels: { trace_id: text } as never });
  t.like((await exemplarsOf(counter))[0], { labelSet: { trace_id: text } });
  for (const exemplarLabels of [{ trace_id: 'x'.repeat(121) }, { a: 'x'.repeat(64), b: text }]) {
    const expected = {
      instanceOf: RangeError,
      message: 'Label set size must be smaller than 128 UTF-8 chars',
      code: 'MPMETRICS_INVALID_LABEL',
    };
    t.throws(() => counter.inc({ exemplarLabels: exemplarLabels as never }), expected);
    t.throws(
      () => histogram.observe({ value: 1, exemplarLabels: exemplarLabels as never }),
      expected,
    );
  }
  t.throws(() => counter.inc({ exemplarLabels: { 'trace-id': 'x' } as never }), {
    message: 'Invalid label name',
  });
  t.is((await valuesOf(counter))[0]?.value, 1);
});

test('timers store exemplars', async (t) => {
  const { histogram } = traced(['x']);
  histogram.startTimer({ x: 1 }, trace('begin'))({}, { span_id: 'end' } as never);
  t.like((await exemplarsOf(histogram))[0], {
    labelSet: { trace_id: 'begin', span_id: 'end' },
  });
});

test('with labels, after reset() and remove(), and while a child is held', async (t) => {
  const { counter } = traced(['x']);
  for (const round of ['1', '2', '3']) {
    counter.inc({ labels: { x: 'a' }, exemplarLabels: trace(round) });
    counter.labels('a').inc();
    t.like((await valuesOf(counter))[0], {
      value: 2,
      exemplar: { labelSet: { trace_id: round } },
    } as never);
    if (round === '1') counter.reset();
    else counter.remove('a');
    t.deepEqual(await valuesOf(counter), []);
  }
  // As another process would remove it.
  counter.inc({ labels: { x: 'a' }, exemplarLabels: trace('gone') });
  for (const family of seriesOf(counter).families) family.remove({ x: 'a' });
  counter.inc({ labels: { x: 'a' } });
  t.deepEqual(await exemplarsOf(counter), [undefined]);
  counter.inc({ labels: { x: 'a' }, exemplarLabels: trace('back') });
  t.like((await exemplarsOf(counter))[0], { labelSet: { trace_id: 'back' } });
});

test('after an interrupted exemplar, the previous one is shown', async (t) => {
  const { counter } = traced();
  if (!(seriesOf(counter).unlabelled instanceof DirectCell))
    return void t.pass('Rust does that here');
  for (const id of ['1', '2', '3']) counter.inc({ exemplarLabels: trace(id) });
  const cell = seriesOf(counter).unlabelled as unknown as FamilyCell<unknown> & { cell: number };
  const { attachment } = cell.family;
  const head = attachment.locate(cell.cell + layout.counterWords);
  const block = attachment.locate(head?.u32[2 * head.base] as number);
  const { f64, u32, base = 0 } = block ?? {};
  const body = base + layout.extensionBody;
  const sequence = u32?.[2 * (body + layout.exemplarSequence)] as number;
  // The next exemplar's buffer is filled, and the sequence has not advanced.
  const next = body + layout.exemplarBuffers + ((sequence + 1) & 1) * layout.exemplarBufferWords;
  (f64 as Float64Array)[next + layout.exemplarValue] = 99;
  (f64 as Float64Array)[next + layout.exemplarLength] = 3;
  t.like((await exemplarsOf(counter))[0], { labelSet: { trace_id: '3' }, value: 1 });
  return undefined;
});

test('exemplars are kept without any registry, and shown in each of several', async (t) => {
  const lone = new Counter({ name: 'c', help: 'C', registers: [], enableExemplars: true });
  lone.inc({ exemplarLabels: trace('alone') });
  t.like((await exemplarsOf(lone))[0], { labelSet: { trace_id: 'alone' } });
  const registers = ['a', 'b'].map((name) => {
    const registry = new Registry({
      name: `exemplars-${name}`,
      contentType: Registry.OPENMETRICS_CONTENT_TYPE,
    });
    registry.setDefaultLabels({ name });
    return registry as unknown as Registry;
  });
  const both = new Counter({ name: 'c', help: 'C', registers, enableExemplars: true });
  both.inc({ value: 3, exemplarLabels: trace('x') });
  for (const [index, name] of ['a', 'b'].entries()) {
    const text = await (registers[index] as Registry).metrics();
    t.regex(text, new RegExp(`^c_total\\{name="${name}"\\} 3 # \\{trace_id="x"\\} 3 `, 'm'));
  }
});

test('the Prometheus text format has no exemplars, and its registries take them for other formats', async (t) => {
  const { registry, counter } = traced();
  counter.inc({ exemplarLabels: trace('x') });
  registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
  t.false((await registry.metrics()).includes('trace_id'));
  const registers = [new Registry()];
  const plain = new Counter({ name: 'x', help: 'X', registers, enableExemplars: true });
  plain.inc({ exemplarLabels: trace('y') });
  t.is(await registers[0]?.metrics(), '# HELP x X\n# TYPE x counter\nx 1\n');
  t.regex((await registers[0]?.openMetrics()) ?? '', /^x_total 1 # \{trace_id="y"\} 1 /m);
});

test('getOrCreate() refuses to change whether a metric has exemplars', (t) => {
  const registers = [new Registry(Registry.OPENMETRICS_CONTENT_TYPE)];
  for (const [Class, name] of [
    [Counter, 'c'],
    [Histogram, 'h'],
  ] as const) {
    for (const enableExemplars of [true, false]) {
      const options = { name: `${name}_${enableExemplars}`, help: 'H', registers };
      const made = Class.getOrCreate({ ...options, enableExemplars });
      t.is(Class.getOrCreate({ ...options, enableExemplars }), made as never);
      t.throws(() => Class.getOrCreate({ ...options, enableExemplars: !enableExemplars }), {
        message: `A metric with the name ${options.name} has already been registered with another enableExemplars.`,
        code: 'MPMETRICS_ALREADY_REGISTERED',
      });
    }
  }
});
