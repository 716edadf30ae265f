// Any texts, numbers and labels of a metric.
import * as fc from 'fast-check';

const special = fc.string({ unit: fc.constantFrom(...'"\\\n\r\t{},=# a\u0000é漢🚀') });
const utf16 = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));
const long = fc.nat(3000).map((times) => '"x\\\n'.repeat(times));
/** Any text: all characters, and halves of surrogate pairs. */
export const text = fc.oneof(
  { arbitrary: fc.string({ unit: 'binary' }), weight: 10 },
  { arbitrary: special, weight: 10 },
  { arbitrary: utf16, weight: 10 },
  { arbitrary: long, weight: 1 },
);

/** The text in UTF-8, which has no halves of surrogate pairs. */
export function encoded(value: unknown): string {
  return Buffer.from(String(value)).toString();
}

/** Without white space or control characters at the ends, which a parser removes. */
const help = text.map((line) => line.replace(/^[\s\p{Cc}]+|[\s\p{Cc}]+$/gu, '') || 'H');
/** A label name that no metric needs for itself, such as `le` or the name of an enum. */
export const labelName = fc.oneof(
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,5}$/).filter((name) => !/^le$|_\d$/.test(name)),
  fc.constantFrom('constructor', 'toString', '_'),
);
const labelValue = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null));
/** Any number, also NaN and the infinities. */
export const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 5e-324, 1e308, 2 ** 53 + 2, 1e21, 0.1 + 0.2),
);
/** Any finite number. */
export const finite = number.filter(Number.isFinite);
/** A label value of an exemplar. Quotes and braces are left out, because the parser loses its position there. */
const exemplarValue = text.map((label) => label.replaceAll(/["}]/g, '').slice(0, 100));
/** The labels of an exemplar, or none. */
export const exemplar = fc.option(fc.record({ trace_id: exemplarValue }));

/** The common parts of a metric: a name without its unique part, a help text, and label names. */
export const identity = fc.record({
  stem: fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/),
  help,
  labelNames: fc.uniqueArray(labelName, { maxLength: 3 }),
});
/** The options that every metric has. */
type Identity = typeof identity extends fc.Arbitrary<infer Of> ? Of : never;

/** A unique name that stays unique with any suffix. */
export function nameOf({ stem }: Identity, index: number, unit = ''): string {
  return `${stem}_${index}${unit && `_${unit}`}`;
}

/** Series with different labels, each with its own value. */
export function seriesOf<Of>({ labelNames }: Identity, of: fc.Arbitrary<Of>) {
  const values = fc.tuple(...labelNames.map(() => labelValue));
  return fc
    .uniqueArray(fc.tuple(values, of), {
      selector: ([labels]) => JSON.stringify(labels.map(encoded)),
      // Without labels there is one series from the start.
      minLength: labelNames.length === 0 ? 1 : 0,
      maxLength: 4,
    })
    .map((series) =>
      series.map(([labels, own]) => ({
        given: Object.fromEntries(labelNames.map((name, at) => [name, labels[at]])) as never,
        labels: Object.fromEntries(labelNames.map((name, at) => [name, encoded(labels[at])])),
        own,
      })),
    );
}
