// Any histograms and summaries.
import * as fc from 'fast-check';
import { Histogram, Summary } from '../../index';
import { describing, exemplified, sample, shown, sumOf, type GeneratedMetric } from './expected';
import type { ReadSample } from './reader';
import { encoded, exemplar, finite, identity, nameOf, seriesOf } from './values';

/** A histogram. Each bucket has an exemplar, or none. */
export const histogram = identity.chain((about) =>
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

/** A summary of one value, observed several times. */
export const summary = identity.chain((about) =>
  fc
    .record({
      percentiles: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), {
        maxLength: 4,
        comparator: 'IsStrictlyEqual',
      }),
      // One repeated value, which all quantiles equal.
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
