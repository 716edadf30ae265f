// The rows of the table: families, series of one family, or families by process, with their changes.

import { familiesLike } from '../pattern';
import { measure, measureText, quantilesOf, rateOf, type Measure } from '../measure';
import type { Family } from '../reading';
import { labelOf, labelsOf, type Series } from '../values';

/** The kind of rows. @internal */
export type View =
  | { readonly kind: 'metrics' }
  | { readonly kind: 'processes' }
  | { readonly kind: 'series'; readonly metric: string };

/** The order of the rows. @internal */
export type Order = 'rate' | 'value' | 'p99' | 'name';

/** The orders, in the order of the key that changes them. @internal */
export const ORDERS: readonly Order[] = ['rate', 'value', 'p99', 'name'];

/** One row. @internal */
export interface Row {
  /** A text that identifies the row in its view. */
  readonly key: string;
  readonly family: Family;
  /** The process, in the view of processes. */
  readonly pid: string | undefined;
  readonly title: string;
  readonly measure: Measure;
  readonly valueText: string;
  /** Per second; NaN for values that are no counts. */
  readonly rate: number;
  readonly quantiles: readonly number[];
  /** The last rates, or the last values if they are no counts. */
  readonly trend: readonly number[];
}

/** The time over which quantiles are taken, in seconds. */
const WINDOW = 10;
/** How many numbers a trend has. */
const TREND = 20;
/** With more rows than this, no row has a trend. */
const MOST_TRENDS = 2000;

interface Past {
  /** The readings in the window, the oldest first. */
  readonly readings: { readonly time: number; readonly measure: Measure }[];
  readonly trend: number[];
}

interface Group {
  readonly key: string;
  readonly family: Family;
  readonly pid?: string;
  readonly title: string;
  readonly series: readonly Series[];
}

/** The former readings of the rows. @internal */
export class History {
  #past = new Map<string, Past>();

  /** The rows of a reading. */
  rows(time: number, families: readonly Family[], view: View): Row[] {
    const groups = groupsOf(families, view);
    const past = new Map<string, Past>();
    const hasTrends = groups.length <= MOST_TRENDS;
    const rows = groups.map((group) => {
      const known = this.#past.get(group.key) ?? { readings: [], trend: [] };
      past.set(group.key, known);
      return rowOf(group, time, known, hasTrends);
    });
    // Rows that are missing now are forgotten.
    this.#past = past;
    return rows;
  }

  /** Forgets all rows, because the next reading has another view. */
  clear(): void {
    this.#past.clear();
  }
}

function rowOf(
  { key, family, pid, title, series }: Group,
  time: number,
  past: Past,
  hasTrend: boolean,
): Row {
  const now = measure(family, series);
  const { readings, trend } = past;
  const last = readings.at(-1);
  const rate = rateOf(family, last?.measure, now, time - (last?.time ?? time));
  const quantiles = quantilesOf(family, readings[0]?.measure, now);
  readings.push({ time, measure: now });
  while (readings.length > 2 && (readings[1]?.time ?? time) <= time - WINDOW) readings.shift();
  if (hasTrend) {
    const point = Number.isNaN(rate) ? now.total : rate;
    if (!(Number.isNaN(rate) && last === undefined && family.kind !== 'gauge')) trend.push(point);
    if (trend.length > TREND) trend.shift();
  }
  const valueText = measureText(family, now, series[0]);
  return { key, family, pid, title, measure: now, valueText, rate, quantiles, trend: [...trend] };
}

function groupsOf(families: readonly Family[], view: View): Group[] {
  switch (view.kind) {
    case 'metrics':
      return families.map((family) => ({
        key: family.name,
        family,
        title: family.name,
        series: family.series,
      }));
    case 'series':
      return families
        .filter(({ name }) => name === view.metric)
        .flatMap((family) =>
          family.series.map((series) => {
            const title = shortLabels(series) || '(no labels)';
            return { key: title, family, title, series: [series] };
          }),
        );
    case 'processes':
      return families.flatMap(byProcess);
  }
}

/** The labels without what a person can do without. */
function shortLabels(series: Series): string {
  const pairs = labelsOf(series).map(([name, value]) =>
    /^[^\s"=]+$/.test(value) ? `${name}=${value}` : `${name}=${JSON.stringify(value)}`,
  );
  return pairs.join(' ');
}

/** The series of a family by the process that has them. Without a label `pid`, none. */
function byProcess(family: Family): Group[] {
  const processes = new Map<string, Series[]>();
  for (const series of family.series) {
    const pid = labelOf(series, 'pid');
    if (pid === undefined) continue;
    const all = processes.get(pid);
    if (all === undefined) processes.set(pid, [series]);
    else all.push(series);
  }
  return [...processes].map(([pid, series]) => ({
    key: `${pid} ${family.name}`,
    family,
    pid,
    title: `${pid}  ${family.name}`,
    series,
  }));
}

/** The rows that a filter admits, in order. @internal */
export function arranged(
  rows: readonly Row[],
  filter: string,
  order: Order,
  isReversed: boolean,
): Row[] {
  const isMeant = familiesLike(filter);
  const shown = filter === '' ? [...rows] : rows.filter(({ title }) => isMeant({ name: title }));
  const weights = new Map(shown.map((row) => [row, weightOf(row, order)]));
  const sign = isReversed ? -1 : 1;
  shown.sort((one, other) => {
    const [first = 0, second = 0] = [weights.get(one), weights.get(other)];
    if (first !== second) return sign * (second - first);
    return (order === 'name' ? sign : 1) * collator.compare(one.title, other.title);
  });
  return shown;
}

const collator = new Intl.Collator('en', { numeric: true });

function weightOf({ rate, measure: { total }, quantiles }: Row, order: Order): number {
  const weight = { rate, value: total, p99: quantiles[2] ?? NaN, name: 0 }[order];
  return Number.isNaN(weight) ? -Infinity : weight;
}
