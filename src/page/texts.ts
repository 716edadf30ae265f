// Present values as texts: of a whole family, and of one row of its table.

import { number, quantity, rate, unitOf } from '../present/units';
import { stateIn } from './bands';
import type { Family } from './family';
import { sumIn, type Group, type Grouping } from './groups';
import { rateAt } from './line-picture';

/** The value of a family: the rate of all counts together, or the range of its gauges. */
export function valueText(family: Family, { groups, all }: Grouping): string {
  const { frames, head } = family;
  const last = frames.at(-1);
  if (last === undefined || groups.length === 0) return groups.length === 0 ? 'no series' : '';
  const unit = unitOf(head.name);
  switch (head.type) {
    case 'counter': {
      const growth = growthOf(family, all);
      return Number.isNaN(growth) ? quantity(sumIn(last, all), unit) : rate(growth, unit);
    }
    case 'histogram':
    case 'summary': {
      const growth = growthOf(family, all);
      return Number.isNaN(growth) ? number(sumIn(last, all)) : rate(growth, 'none');
    }
    case 'gauge':
    case 'unknown':
      return rangeText(
        groups.map((group) => sumIn(last, group)).filter((each) => !Number.isNaN(each)),
        unit,
      );
    case 'enum':
      return groups.length === 1 ? (stateIn(last, all) ?? '') : `${groups.length} series`;
    case 'info':
      return '';
  }
}

/** The count since the start. */
export function wholeText({ frames, head }: Family, { all }: Grouping): string {
  const last = frames.at(-1);
  if (last === undefined || !['counter', 'summary'].includes(head.type)) return '';
  const sum = sumIn(last, all);
  if (Number.isNaN(sum)) return '';
  return `${head.type === 'counter' ? quantity(sum, unitOf(head.name)) : number(sum)} in all`;
}

/** The value of a row. */
export function rowText(family: Family, group: Group): string {
  const { frames, head } = family;
  const last = frames.at(-1);
  if (last === undefined || head.type === 'info') return '';
  if (head.type === 'enum') return stateIn(last, group) ?? '';
  const unit = unitOf(head.name);
  const sum = sumIn(last, group);
  if (head.type === 'gauge' || head.type === 'unknown') {
    return Number.isNaN(sum) ? '' : quantity(sum, unit);
  }
  const growth = growthOf(family, group);
  const rateUnit = head.type === 'counter' ? unit : 'none';
  const whole = head.type === 'counter' ? quantity(sum, unit) : number(sum);
  return Number.isNaN(growth) ? whole : `${whole} · ${rate(growth, rateUnit)}`;
}

/** The present rate, in three digits: the fourth one only flickers. */
function growthOf({ frames }: Family, group: Group): number {
  const growth = rateAt(frames, frames.length - 1, group);
  return Number.isFinite(growth) ? Number(growth.toPrecision(3)) : growth;
}

function rangeText(values: readonly number[], unit: ReturnType<typeof unitOf>): string {
  if (values.length === 0) return 'no value';
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  const [low, high] = [quantity(least, unit), quantity(most, unit)];
  return low === high ? low : `${low} – ${high}`;
}
