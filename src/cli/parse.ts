// Families of a page in the text format, as far as the rules for names need them.

import type { LintedFamily } from '../present/naming';

/** A family of a page, and how many series it has. */
type Read = LintedFamily & { readonly series: number };

interface Found {
  help: string;
  type: string;
  readonly labels: Set<string>;
  /** The labels of each series, without `le` and `quantile`. */
  readonly series: Set<string>;
}

/** Ends of the samples' names, by the type of the family. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['_sum', '_count', '_created'],
  counter: ['_total', '_created'],
  info: ['_info'],
};

/** The families of a page in the Prometheus text format or OpenMetrics, in their order. @internal */
export function familiesOfText(text: string): Read[] {
  const families = new Map<string, Found>();
  const familyOf = (name: string): Found => {
    const family = families.get(name) ?? {
      help: '',
      type: 'untyped',
      labels: new Set(),
      series: new Set(),
    };
    families.set(name, family);
    return family;
  };
  for (const line of text.split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (word === 'HELP') familyOf(name).help = rest;
    if (word === 'TYPE') familyOf(name).type = rest;
    if (word === undefined) readSample(line, families, familyOf);
  }
  return [...families].map(([name, { help, type, labels, series }]) => ({
    // OpenMetrics calls a family of counters without the end of its samples' names.
    name: type === 'counter' && /^# EOF$/m.test(text) ? `${name}_total` : name,
    help,
    type,
    labels: [...labels],
    series: series.size,
  }));
}

function readSample(
  line: string,
  families: ReadonlyMap<string, Found>,
  familyOf: (name: string) => Found,
): void {
  const [, name, inner = ''] =
    /^([A-Za-z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+\S/.exec(line) ?? [];
  if (name === undefined) return;
  const family = familyOf(familyName(name, families));
  const pairs = [...inner.matchAll(/([A-Za-z_]\w*)\s*=\s*("(?:[^"\\]|\\.)*")/g)];
  const own = pairs.filter(([, label]) => !isPartOf(family, label ?? ''));
  for (const [, label = ''] of own) family.labels.add(label);
  family.series.add(own.map(([pair]) => pair).join());
}

/** Whether a label distinguishes the samples of one series. */
function isPartOf({ type }: Found, label: string): boolean {
  return (type === 'histogram' && label === 'le') || (type === 'summary' && label === 'quantile');
}

/** The family of a sample. */
function familyName(sample: string, families: ReadonlyMap<string, Found>): string {
  if (families.has(sample)) return sample;
  for (const [type, ends] of Object.entries(ENDS)) {
    for (const end of ends) {
      const name = sample.endsWith(end) ? sample.slice(0, -end.length) : undefined;
      if (name !== undefined && families.get(name)?.type === type) return name;
    }
  }
  return sample;
}
