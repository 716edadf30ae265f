// @ts-nocheck -- what it calls is typed otherwise in each library, and wrong on purpose in places
// Numbers, texts and labels of all sorts, and their output.
import { look, type Steps } from '../seeing';

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  1.5,
  0.1 + 0.2,
  1e21,
  1e20,
  123456789012345680000,
  1e-6,
  1e-7,
  5e-324,
  1.7976931348623157e308,
  2 ** 53,
  2 ** 53 + 2,
  1 / 3,
  100,
  1e100,
  -1e-10,
  0.000001234,
];

const TEXTS = [
  'plain',
  '',
  ' ',
  'a"b',
  'a\\b',
  'a\nb',
  '\\n',
  '"',
  '\\',
  '{x="1"}',
  ',',
  'é漢😀',
  '\t\r',
  'a\u0000b',
  '#',
  "'",
];

export const steps: Steps = {
  NaN: async ({ Gauge, Counter, register, Registry }, see) => {
    new Gauge({ name: 'nothing', help: 'No number' }).set(NaN);
    new Counter({ name: 'nothing_total', help: 'No number' }).inc(NaN);
    await look(see, 'Prometheus', register);
    const open = new Registry(
      'application/openmetrics-text; version=1.0.0; charset=utf-8' as never,
    );
    new Gauge({ name: 'nothing', help: 'No number', registers: [open as never] }).set(NaN);
    await look(see, 'OpenMetrics', open);
  },

  numbers: async ({ Gauge, Counter, Histogram, register }, see) => {
    const gauge = new Gauge({ name: 'number', help: 'Numbers', labelNames: ['index'] });
    const counter = new Counter({ name: 'number_total', help: 'Numbers', labelNames: ['index'] });
    NUMBERS.forEach((number, index) => {
      gauge.set({ index }, number);
      counter.inc({ index }, Math.abs(number));
    });
    const buckets = [-1e21, -1.5, 0, 1e-7, 0.1, 1e20, 1e21];
    const histogram = new Histogram({ name: 'number_spread', help: 'Numbers', buckets });
    for (const number of NUMBERS) histogram.observe(number);
    await look(see, '', register);
  },

  texts: async ({ Gauge, Histogram, register }, see) => {
    const gauge = new Gauge({ name: 'text', help: 'Texts', labelNames: ['text', 'more'] });
    TEXTS.forEach((text, index) => gauge.set({ text, more: TEXTS.at(-index)! }, index));
    TEXTS.forEach((help, index) => {
      if (help !== '') new Gauge({ name: `help_${index}`, help });
    });
    const histogram = new Histogram({ name: 'h', help: 'h', labelNames: ['text'], buckets: [1] });
    for (const text of TEXTS) histogram.observe({ text }, 2);
    await look(see, '', register);
  },

  'label values of all types': async ({ Counter, Gauge, register }, see) => {
    const counter = new Counter({ name: 'typed_total', help: 'Types', labelNames: ['value'] });
    const values: unknown[] = [1, '1', 1.5, true, false, 0, '', null, NaN, -0, 1e21, [1, 2]];
    for (const value of values) counter.inc({ value } as never);
    const gauge = new Gauge({ name: 'typed', help: 'Types', labelNames: ['a', 'b'] });
    gauge.set({ b: 1 } as never, 2);
    gauge.set({ a: 'x', b: { toString: () => 'object' } } as never, 3);
    await look(see, '', register);
  },

  'labels without a value': async ({ Counter, register }, see) => {
    const counter = new Counter({ name: 'without_total', help: 'Without', labelNames: ['a', 'b'] });
    counter.inc({ a: undefined, b: 1 } as never);
    counter.inc({ b: 1 } as never);
    await look(see, '', register);
  },

  'labels that look alike': async ({ Counter, register }, see) => {
    const counter = new Counter({ name: 'alike_total', help: 'Alike', labelNames: ['x', 'y'] });
    counter.inc({ x: '1,y:2' });
    counter.inc({ x: '1', y: '2' });
    await look(see, '', register);
  },

  'given labels are copied': async ({ Gauge, register }, see) => {
    const gauge = new Gauge({ name: 'copied', help: 'Copied', labelNames: ['x'] });
    const labels = { x: 'before' };
    const end = gauge.startTimer(labels);
    labels.x = 'at the end';
    see('timer', end());
    await look(see, '', register);
  },
};
