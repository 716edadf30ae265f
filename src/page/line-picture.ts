// Lines: the rates of counters, the values of gauges, and the quantiles of summaries.

import { quantity, rate, unitOf } from '../present/units';
import type { PageSummary } from '../present/page-data';
import type { Line, Picture } from './chart';
import { seriesColor } from './colors';
import type { Family, Frame } from './family';
import { framesIn, numberOf, rateBetween, sumIn, type Group } from './groups';
import type { View } from './view';

/** The most lines in one chart. The table below has the other series. */
export const MOST_LINES = 8;

/** The picture of these groups, which are at most `MOST_LINES`. */
export function linePicture(family: Family, groups: readonly Group[], view: View): Picture {
  const frames = framesIn(family, view);
  const { name, type } = family.head;
  const unit = unitOf(name);
  const isRate = type === 'counter';
  const lines =
    type === 'summary'
      ? quantileLines(family, frames, groups)
      : groups.map((group, index) => ({
          color: seriesColor(index),
          values: frames.map((frame, at) =>
            finite(isRate ? rateAt(frames, at, group) : sumIn(frame, group)),
          ),
        }));
  const end = frames.at(-1)?.time ?? 0;
  return {
    times: frames.map(({ time }) => time),
    lines,
    range: [end - view.seconds, end],
    isBytes: unit === 'bytes',
    valueText: (value) => (isRate ? rate(value, unit) : quantity(value, unit)),
  };
}

/** The growth up to a reading; NaN at the first one, and after a gap. */
export function rateAt(frames: readonly Frame[], at: number, group: Group): number {
  const [before, after] = [frames[at - 1], frames[at]];
  return before === undefined || after === undefined ? NaN : rateBetween(before, after, group);
}

/** The quantiles of one series, or the highest quantile of several. */
function quantileLines(
  { head }: Family,
  frames: readonly Frame[],
  groups: readonly Group[],
): Line[] {
  const last = head.bounds.length - 1;
  const wanted =
    groups.length === 1
      ? head.bounds.map((_, rank) => ({ group: groups[0] as Group, rank }))
      : groups.map((group) => ({ group, rank: last }));
  return wanted.slice(0, MOST_LINES).map(({ group, rank }, index) => ({
    color: seriesColor(index),
    values: frames.map(({ values }) => {
      const value = values[group.places[0] ?? -1] as PageSummary | undefined;
      return finite(numberOf(value?.quantiles[rank]));
    }),
  }));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
