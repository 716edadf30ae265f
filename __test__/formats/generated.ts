// Registries of any metrics, and what a parser must find on their pages.
import * as fc from 'fast-check';
import {
  Counter,
  Enum,
  Gauge,
  Histogram,
  Info,
  Summary,
  type Registry,
  type RegistryContentType,
} from '../../index';
import type { Format, ReadFamily, ReadSample } from './reader';
import {
  encoded,
  exemplar,
  finite,
  identity,
  labelName,
  nameOf,
  number,
  seriesOf,
  text,
} from './values';

/** A registry that shows exemplars. */
type AnyRegistry = Registry<RegistryContentType>;
type Labels = Record<string, string>;

/** One metric of a generated registry. */
export interface GeneratedMetric {
  [fc.toStringMethod](): string;
  /** Makes and updates it. */
  make(registry: AnyRegistry, index: number): void;
  /** What is read of it. */
  expected(format: Format, defaults: Labels, index: number): ReadFamily;
}

/** What it is printed as where it is a counterexample. */
function describing(...generated: object[]): () => string {
  return () => fc.stringify(generated);
}

/** A sample without an exemplar. -0 is printed as 0. */
function sample(name: string, labels: Labels, value: number): ReadSample {
  return { name, labels, value: value + 0, exemplar: null };
}

/** A sample with the exemplar that was given last, if the format has exemplars. */
function exemplified(read: ReadSample, format: Format, updates: readonly Update[]): ReadSample {
  const last = updates.findLast(({ labels }) => labels !== null);
  if (format === 'text' || !last?.labels) return read;
  const labels = { trace_id: encoded(last.labels.trace_id) };
  return { ...read, exemplar: { labels, value: last.value + 0 } };
}

interface Update {
  value: number;
  labels: { trace_id: string } | null;
}

/** The values that are shown, in a format in which they can't be negative or NaN. */
function shown(format: Format, ...samples: ReadSample[]): ReadSample[] {
  return samples.filter(({ value }) => format === 'text' || value >= 0);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const units = fc.record({
  unit: fc.constantFrom(undefined, 'seconds', 'bytes'),
  ending: fc.constantFrom('', 'seconds'),
});

/** The unit that OpenMetrics tells: that in which the name ends. */
function toldUnit({ unit, ending }: { unit: string | undefined; ending: string }, format: Format) {
  return format === 'openmetrics' && unit !== undefined && unit === ending ? unit : '';
}

const counter = identity.chain((about) =>
  fc
    .record({
      series: seriesOf(
        about,
        fc.array(fc.record({ value: finite.map(Math.abs), labels: exemplar }), { minLength: 1 }),
      ),
      measured: units,
      isTotal: fc.boolean(),
    })
    .map((generated): GeneratedMetric => {
      const { series, measured, isTotal } = generated;
      const name = (index: number): string => nameOf(about, index, measured.ending);
      return {
        [fc.toStringMethod]: describing(about, generated),
        make(registry, index) {
          const metric = new Counter({
            ...about,
            name: `${name(index)}${isTotal ? '_total' : ''}`,
            ...(measured.unit && { unit: measured.unit }),
            registers: [registry as never],
            enableExemplars: true,
          });
          for (const { given, own } of series) {
            for (const { value, labels } of own) {
              metric.inc({
                labels: given,
                value,
                ...(labels && { exemplarLabels: labels as never }),
              });
            }
          }
        },
        // The reader of texts, too, names counters as OpenMetrics does.
        expected: (format, defaults, index) => ({
          name: name(index),
          help: encoded(about.help),
          type: 'counter',
          unit: toldUnit(measured, format),
          samples: series.map(({ labels, own }) =>
            exemplified(
              sample(
                `${name(index)}_total`,
                { ...defaults, ...labels },
                sumOf(own.map(({ value }) => value)),
              ),
              format,
              // An example of nothing is one of 1, as prom-client has it.
              own.map(({ value, labels: of }) => ({ value: value || 1, labels: of })),
            ),
          ),
        }),
      };
    }),
);

const gauge = identity.chain((about) =>
  fc
    .record({ series: seriesOf(about, number), measured: units })
    .map((generated): GeneratedMetric => {
      const { series, measured } = generated;
      const name = (index: number): string => nameOf(about, index, measured.ending);
      return {
        [fc.toStringMethod]: describing(about, generated),
        make(registry, index) {
          const metric = new Gauge({
            ...about,
            name: name(index),
            ...(measured.unit && { unit: measured.unit }),
            registers: [registry as never],
          });
          for (const { given, own } of series) metric.set(given, own);
        },
        expected: (format, defaults, index) => ({
          name: name(index),
          help: encoded(about.help),
          type: 'gauge',
          unit: toldUnit(measured, format),
          samples: series.map(({ labels, own }) =>
            sample(name(index), { ...defaults, ...labels }, own),
          ),
        }),
      };
    }),
);

const histogram = identity.chain((about) =>
  fc
    .record({
      buckets: fc.uniqueArray(finite, {
        minLength: 1,
        maxLength: 5,
        comparator: 'IsStrictlyEqual',
      }),
      series: seriesOf(
        about,
        fc.array(fc.record({ value: finite, labels: exemplar }), { minLength: 1 }),
      ),
    })
    .map((generated): GeneratedMetric => {
      const { buckets, series } = generated;
      const bounds = [...buckets.toSorted((one, other) => one - other), Infinity];
      return {
        [fc.toStringMethod]: describing(about, generated),
        make(registry, index) {
          const metric = new Histogram({
            ...about,
            name: nameOf(about, index),
            buckets,
            registers: [registry as never],
            enableExemplars: true,
          });
          for (const { given, own } of series) {
            for (const { value, labels } of own) {
              metric.observe({
                labels: given,
                value,
                ...(labels && { exemplarLabels: labels as never }),
              });
            }
          }
        },
        expected(format, defaults, index) {
          const name = nameOf(about, index);
          const ofOne = ({ labels: own, own: updates }: (typeof series)[number]): ReadSample[] => {
            const labels = { ...defaults, ...own };
            const sum = sumOf(updates.map(({ value }) => value));
            const hasSum = format === 'text' || (sum >= 0 && (bounds[0] as number) >= 0);
            return [
              ...bounds.map((le, at) => {
                const below = updates.filter(({ value }) => value <= le);
                const least = bounds[at - 1] ?? -Infinity;
                const inside = below.filter(({ value }) => at === 0 || value > least);
                const read = sample(`${name}_bucket`, { ...labels, le: `${le}` }, below.length);
                return exemplified(read, format, inside);
              }),
              ...(hasSum
                ? [
                    sample(`${name}_sum`, labels, sum),
                    sample(`${name}_count`, labels, updates.length),
                  ]
                : []),
            ];
          };
          const samples = series.flatMap(ofOne);
          return { name, help: encoded(about.help), type: 'histogram', unit: '', samples };
        },
      };
    }),
);

const summary = identity.chain((about) =>
  fc
    .record({
      percentiles: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), {
        maxLength: 4,
        comparator: 'IsStrictlyEqual',
      }),
      // One value again and again, which all quantiles are then.
      series: seriesOf(about, fc.record({ value: finite, times: fc.integer({ min: 1, max: 5 }) })),
    })
    .map((generated): GeneratedMetric => {
      const { percentiles, series } = generated;
      return {
        [fc.toStringMethod]: describing(about, generated),
        make(registry, index) {
          const name = nameOf(about, index);
          const metric = new Summary({
            ...about,
            name,
            percentiles,
            registers: [registry as never],
          });
          for (const { given, own } of series) {
            for (let time = 0; time < own.times; time += 1) metric.observe(given, own.value);
          }
        },
        expected(format, defaults, index) {
          const name = nameOf(about, index);
          const samples = series.flatMap(({ labels: own, own: { value, times } }) => {
            const labels = { ...defaults, ...own };
            const sum = sumOf(Array.from({ length: times }, () => value));
            return shown(
              format,
              ...percentiles.map((quantile) =>
                sample(name, { ...labels, quantile: `${quantile}` }, value),
              ),
              sample(`${name}_sum`, labels, sum),
              sample(`${name}_count`, labels, times),
            );
          });
          return { name, help: encoded(about.help), type: 'summary', unit: '', samples };
        },
      };
    }),
);

const info = identity.chain((about) =>
  fc
    .record({
      series: seriesOf(
        about,
        fc.dictionary(
          labelName.map((name) => `is_told_${name}`),
          text,
        ),
      ),
      isInfo: fc.boolean(),
    })
    .map((generated): GeneratedMetric => {
      const { series, isInfo } = generated;
      return {
        [fc.toStringMethod]: describing(about, generated),
        make(registry, index) {
          const name = `${nameOf(about, index)}${isInfo ? '_info' : ''}`;
          const metric = new Info({ ...about, name, registers: [registry as never] });
          for (const { given, own } of series) metric.info(given, own);
        },
        expected(format, defaults, index) {
          const name = `${nameOf(about, index)}_info`;
          return {
            name: format === 'text' ? name : nameOf(about, index),
            help: encoded(about.help),
            type: format === 'text' ? 'gauge' : 'info',
            unit: '',
            samples: series.map(({ labels, own }) => {
              const told = Object.entries(own).map(([key, value]) => [key, encoded(value)]);
              return sample(name, { ...defaults, ...labels, ...Object.fromEntries(told) }, 1);
            }),
          };
        },
      };
    }),
);

/** With a name that a label can have as well. */
const asLabel = identity.map((about) =>
  Object.assign({}, about, { stem: `e${about.stem.replaceAll(':', '_')}` }),
);

const enumeration = asLabel.chain((about) =>
  fc
    .record({
      states: fc.uniqueArray(text, { minLength: 1, maxLength: 4, selector: encoded }),
      series: seriesOf(about, fc.nat()),
    })
    .map((generated): GeneratedMetric => {
      const { states, series } = generated;
      return {
        [fc.toStringMethod]: describing(about, generated),
        make(registry, index) {
          const name = nameOf(about, index);
          const metric = new Enum({ ...about, name, states, registers: [registry as never] });
          for (const { given, own } of series) {
            metric.state(given, states[own % states.length] as string);
          }
        },
        expected(format, defaults, index) {
          const name = nameOf(about, index);
          const samples = series.flatMap(({ labels, own }) =>
            states.map((state, at) => {
              const all = { ...defaults, ...labels, [name]: encoded(state) };
              return sample(name, all, at === own % states.length ? 1 : 0);
            }),
          );
          const type = format === 'text' ? 'gauge' : 'stateset';
          return { name, help: encoded(about.help), type, unit: '', samples };
        },
      };
    }),
);

/** A registry: its metrics, and its default labels. */
export const registries = fc.record({
  metrics: fc.array(fc.oneof(counter, gauge, histogram, summary, info, enumeration), {
    maxLength: 6,
  }),
  defaults: fc.oneof(fc.constant({}), fc.record({ of_the_registry: text })) as fc.Arbitrary<Labels>,
});
