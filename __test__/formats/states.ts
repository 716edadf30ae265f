// Any infos and enums.
import * as fc from 'fast-check';
import { Enum, Info } from '../../index';
import { describing, sample, type GeneratedMetric } from './expected';
import { encoded, identity, labelName, nameOf, seriesOf, text } from './values';

/** An info with any labels. */
export const info = identity.chain((about) =>
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

/** The name is also a valid label name. */
const asLabel = identity.map((about) =>
  Object.assign({}, about, { stem: `e${about.stem.replaceAll(':', '_')}` }),
);

/** An enum, in any of its states. */
export const enumeration = asLabel.chain((about) =>
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
