// The rules of Prometheus' own tools for metrics: names, units, suffixes, help texts.

/** A broken rule. */
export interface LintProblem {
  /** The name of the metric. */
  readonly metric: string;
  /** The broken rule, in words. */
  readonly problem: string;
}

/** The parts of a family that the rules check. @internal */
export interface LintedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  /** The label names of all its series. */
  readonly labels: readonly string[];
}

type Rule = (family: LintedFamily) => (string | false)[];

/** Units with a base unit, by the names of both. */
const BASES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'amperes',
      'bytes',
      'celsius',
      'grams',
      'joules',
      'kelvin',
      'meters',
      'metres',
      'seconds',
      'volts',
    ].map((unit) => [unit, unit]),
  ),
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  weeks: 'seconds',
  kelvins: 'kelvin',
  fahrenheit: 'celsius',
  rankine: 'celsius',
  inches: 'meters',
  yards: 'meters',
  miles: 'meters',
  bits: 'bytes',
  calories: 'joules',
  pounds: 'grams',
  ounces: 'grams',
};
const MULTIPLES =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/;
const ABBREVIATIONS = 's ms us ns sec b kb mb gb tb pb m h d'.split(' ');
const TYPES = ['counter', 'gauge', 'summary', 'histogram'];

const RULES: readonly Rule[] = [
  ({ help }) => [help === '' && 'it has no help text'],
  ({ name, type }) => [
    type === 'counter' && !name.endsWith('_total') && 'the name of a counter must end in _total',
    type !== 'counter' && name.endsWith('_total') && 'only the name of a counter ends in _total',
  ],
  ({ name }) => {
    const unit = name.split('_').find((word) => baseOf(word) !== undefined);
    const base = baseOf(unit ?? '');
    return [unit !== base && `the unit should be ${base}, which others are made of, not ${unit}`];
  },
  ({ name }) => wordsOf(name, TYPES).map((type) => `the name must not say the type: ${type}`),
  ({ name }) =>
    wordsOf(name, ABBREVIATIONS).map((unit) => `the unit ${unit} must be written in full`),
  ({ name }) => [name.includes(':') && 'a colon is for the names of recording rules'],
  ({ name, labels }) => [
    /[a-z][A-Z]/.test(name) && 'the name must be in snake_case',
    ...labels.map(
      (label) => /[a-z][A-Z]/.test(label) && `the label ${label} must be in snake_case`,
    ),
  ],
  ({ name, type, labels }) => {
    const [isHistogram, isSummary] = [type === 'histogram', type === 'summary'];
    const isEither = isHistogram || isSummary;
    return [
      !isHistogram && name.endsWith('_bucket') && 'only samples of a histogram end in _bucket',
      !isEither && name.endsWith('_count') && 'only samples of distributions end in _count',
      !isEither && name.endsWith('_sum') && 'only samples of distributions end in _sum',
      !isHistogram && labels.includes('le') && 'the label le is for histograms',
      !isSummary && labels.includes('quantile') && 'the label quantile is for summaries',
    ];
  },
];

/** The broken rules of a family. @internal */
export function problemsOf(family: LintedFamily): LintProblem[] {
  const problems = RULES.flatMap((rule) => rule(family)).filter((problem) => problem !== false);
  return problems.map((problem) => ({ metric: family.name, problem }));
}

/** Names of default metrics that break a rule, but are prom-client's. A prefix may stand in front. */
const OF_PROM_CLIENT =
  /nodejs_(?:active_(?:handles|requests|resources)_total|eventloop_utilization_(?:summary|histogram))$/;

/** Whether prom-client has given a default metric this name, so that the application cannot choose another one. @internal */
export function isNameOfPromClient(name: string): boolean {
  return OF_PROM_CLIENT.test(name);
}

/** The base of a unit; undefined if the word is no unit. */
function baseOf(word: string): string | undefined {
  return BASES[word] ?? BASES[word.replace(MULTIPLES, '')];
}

/** The words of the list that occur in a name, except as its first word. */
function wordsOf(name: string, words: readonly string[]): string[] {
  const [, ...own] = name.toLowerCase().split('_');
  return words.filter((word) => own.includes(word));
}
