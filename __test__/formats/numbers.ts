// Any counters and gauges.
import * as fc from 'fast-check';
import { Counter, Gauge } from '../../index';
import { describing, exemplified, sample, sumOf, type GeneratedMetric } from './expected';
import type { Format } from './reader';
import { encoded, exemplar, finite, identity, nameOf, number, seriesOf } from './values';

const units = fc.record({
  unit: fc.constantFrom(undefined, 'seconds', 'bytes'),
  ending: fc.constantFrom('', 'seconds'),
});

/** The unit in OpenMetrics, which is the end of the name. */
function toldUnit({ unit, ending }: { unit: string | undefined; ending: string }, format: Format) {
  return format === 'openmetrics' && unit !== undefined && unit === ending ? unit : '';
}

/** A counter, updated several times. */
export const counter = identity.chain((about) =>
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
        // The text parser also names counters as OpenMetrics does.
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
              // An exemplar without a value has the value 1, as in prom-client.
              own.map(({ value, labels: of }) => ({ value: value || 1, labels: of })),
            ),
          ),
        }),
      };
    }),
);

/** A gauge, set once. */
export const gauge = identity.chain((about) =>
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
