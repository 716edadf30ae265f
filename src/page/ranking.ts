// The order of the series in a table and a chart: those with the greatest values first.

import type { Family } from './family';
import { sumIn, type Group } from './groups';
import type { View } from './view';

/** The first groups of a family, at most so many of them. Only these are put in order, since there may be thousands. */
export function ranked(
  { head: { type }, frames }: Family,
  groups: readonly Group[],
  { isByProcess }: View,
  most: number,
): readonly Group[] {
  const last = frames.at(-1);
  const isOrdered = type === 'enum' || type === 'info' || isByProcess;
  if (isOrdered || last === undefined) return groups.slice(0, most);
  const first: { readonly group: Group; readonly weight: number }[] = [];
  for (const group of groups) {
    const sum = sumIn(last, group);
    const weight = Number.isNaN(sum) ? -Infinity : sum;
    const least = first.at(-1);
    if (first.length === most && least !== undefined && weight <= least.weight) continue;
    let at = first.length;
    while (at > 0 && weight > (first[at - 1]?.weight ?? 0)) at -= 1;
    first.splice(at, 0, { group, weight });
    if (first.length > most) first.pop();
  }
  return first.map(({ group }) => group);
}
