// Heat maps of histograms: a column for each reading, a row for each bucket, and lines for p50, p90 and p99.

import type uPlot from 'uplot';
import { histogramQuantile } from '../present/quantile';
import { quantity, unitOf } from '../present/units';
import { countsBetween, rowsOf } from './buckets';
import type { Picture } from './chart';
import { colorOf } from './colors';
import type { Family, Frame } from './family';
import { framesIn, type Group } from './groups';
import type { View } from './view';

/** The quantiles of the lines. */
export const RANKS = [0.5, 0.9, 0.99] as const;
/** The most columns. In a longer window, a column has several readings. */
const MOST_COLUMNS = 90;

interface Column {
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** The picture of all these groups together. */
export function heatMap(family: Family, groups: readonly Group[], view: View): Picture {
  const frames = framesIn(family, view);
  const rows = rowsOf(family, frames, groups);
  const columns = columnsOf(frames).map(([before, after]) => ({
    from: before.time,
    to: after.time,
    counts: countsBetween(rows, before, after, groups),
  }));
  const end = frames.at(-1)?.time ?? 0;
  const { bounds } = rows;
  const unit = unitOf(family.head.name);
  return {
    times: columns.map(({ from, to }) => (from + to) / 2),
    lines: RANKS.map((rank, index) => ({
      color: colorOf(`quantile-${index + 1}`),
      values: columns.map(({ counts }) =>
        heightOf(histogramQuantile(rank, bounds, counts), bounds),
      ),
    })),
    range: [end - view.seconds, end],
    rows: bounds.length + 1,
    valueText: (value) => {
      const bound = bounds[value - 1];
      return bound === undefined ? '' : quantity(bound, unit);
    },
    paint: (chart) => paintCells(chart, columns),
  };
}

/** The quantiles of the whole window; NaN without observations. */
export function quantilesIn(family: Family, groups: readonly Group[], view: View): number[] {
  const frames = framesIn(family, view);
  const [first, last] = [frames[0], frames.at(-1)];
  if (first === undefined || last === undefined) return RANKS.map(() => NaN);
  const rows = rowsOf(family, frames, groups);
  const counts = countsBetween(rows, first, last, groups);
  return RANKS.map((rank) => histogramQuantile(rank, rows.bounds, counts));
}

/** Pairs of readings, each the beginning and the end of a column. */
function columnsOf(frames: readonly Frame[]): [Frame, Frame][] {
  const step = Math.max(1, Math.ceil((frames.length - 1) / MOST_COLUMNS));
  const columns: [Frame, Frame][] = [];
  for (let at = frames.length - 1; at > 0; at -= step) {
    columns.unshift([frames[Math.max(0, at - step)] as Frame, frames[at] as Frame]);
  }
  return columns;
}

/** The height of a value over rows of equal height. */
function heightOf(value: number, bounds: readonly number[]): number | null {
  if (Number.isNaN(value)) return null;
  const row = bounds.findIndex((bound) => value <= bound);
  if (row < 0) return bounds.length;
  const upper = bounds[row] as number;
  const lower = bounds[row - 1] ?? Math.min(0, upper);
  return row + (upper > lower ? (value - lower) / (upper - lower) : 1);
}

function paintCells(chart: uPlot, columns: readonly Column[]): void {
  const { ctx, bbox } = chart;
  const most = columns.reduce((peak, { counts }) => Math.max(peak, ...counts), 0);
  if (most === 0) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colorOf('heat');
  for (const { from, to, counts } of columns) {
    const left = Math.round(chart.valToPos(from, 'x', true));
    const width = Math.max(1, Math.round(chart.valToPos(to, 'x', true)) - left);
    for (const [row, count] of counts.entries()) {
      if (count === 0) continue;
      const bottom = Math.round(chart.valToPos(row, 'y', true));
      const top = Math.round(chart.valToPos(row + 1, 'y', true));
      // The root shows few observations beside many.
      ctx.globalAlpha = 0.08 + 0.82 * Math.sqrt(count / most);
      ctx.fillRect(left, top, width, Math.max(1, bottom - top - 1));
    }
  }
  ctx.restore();
}
