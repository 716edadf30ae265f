// The series that a chart shows as one: each by itself, or all of a process.

import type { PageValue } from '../present/page-data';
import type { Family, Frame, PageSeries } from './family';
import { isAdmitted, type View } from './view';

/** Series that are shown as one. */
export interface Group {
  readonly title: string;
  readonly places: readonly number[];
}

/** The groups of a family, and all of their series as one. */
export interface Grouping {
  readonly groups: readonly Group[];
  readonly all: Group;
}

/** The groups of a family. They are made again only if the series or the reader's choices are others. */
export class Groups {
  readonly #family: Family;
  #made: readonly [series: readonly PageSeries[], filter: string, isByProcess: boolean] | undefined;
  #grouping: Grouping = { groups: [], all: { title: '', places: [] } };

  constructor(family: Family) {
    this.#family = family;
  }

  /** The groups that the filter admits. */
  of(view: View): Grouping {
    const { series } = this.#family;
    const wanted = [series, view.filter, view.isByProcess] as const;
    if (!wanted.every((each, at) => each === this.#made?.[at])) {
      this.#made = wanted;
      const groups = groupsOf(series, view);
      this.#grouping = {
        groups,
        all: { title: '', places: groups.flatMap(({ places }) => places) },
      };
    }
    return this.#grouping;
  }
}

function groupsOf(series: readonly PageSeries[], { filter, isByProcess }: View): Group[] {
  const shown = series.filter(({ labels }) => isAdmitted(labels, filter));
  if (!isByProcess) {
    return shown.map((each) => ({ title: titleOf(each), places: [each.place] }));
  }
  const processes = new Map<string, number[]>();
  for (const { labels, place } of shown) {
    const { pid } = labels;
    const title = pid === undefined ? 'all processes' : `pid ${pid}`;
    const places = processes.get(title) ?? [];
    places.push(place);
    processes.set(title, places);
  }
  return [...processes].map(([title, places]) => ({ title, places }));
}

function titleOf({ labels }: PageSeries): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join('  ');
}

/** A value as a number: of a distribution, its count. NaN where there is none. */
export function numberOf(value: PageValue | undefined): number {
  if (value === undefined || value === null) return NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value === '+Inf' ? Infinity : -Infinity;
  return 'count' in value ? value.count : NaN;
}

/** The sum of a group in a reading; NaN if none of its series was there. */
export function sumIn({ values }: Frame, { places }: Group): number {
  let [sum, isThere] = [0, false];
  for (const place of places) {
    const value = numberOf(values[place]);
    if (Number.isNaN(value)) continue;
    sum += value;
    isThere = true;
  }
  return isThere ? sum : NaN;
}

/** The growth of a group per second between two readings. A smaller count has started again from zero. */
export function rateBetween(before: Frame, after: Frame, { places }: Group): number {
  let [sum, isThere] = [0, false];
  for (const place of places) {
    const now = numberOf(after.values[place]);
    if (Number.isNaN(now)) continue;
    isThere = true;
    // A series that is new has grown from zero.
    const then = numberOf(before.values[place]);
    sum += now >= then ? now - then : now;
  }
  return isThere ? sum / (after.time - before.time) : NaN;
}

/** The frames of the window, with one more before it, which rates need. */
export function framesIn({ frames }: Family, { seconds }: View): readonly Frame[] {
  const end = frames.at(-1)?.time ?? 0;
  const first = frames.findIndex(({ time }) => time >= end - seconds);
  return frames.slice(Math.max(0, first - 1));
}
