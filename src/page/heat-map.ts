// Heat maps of histograms: a column for each reading, a row for each bucket, and lines for p50, p90 and p99.

import type uPlot from 'uplot';
import { histogramQuantile } from '../present/quantile';
import { quantity, unitOf } from '../present/units';
import { countsBetween, rowsOf, type Rows } from './buckets';
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
  readonly before: Frame;
  readonly after: Frame;
  readonly counts: readonly number[];
  /** The heights of the quantiles. */
  readonly heights: readonly (number | null)[];
}

/** The heat map of a family. */
export class HeatMap {
  readonly #family: Family;
  #groups: readonly Group[] = [];
  #bounds: readonly number[] = [];
  /** The columns by the readings at their ends. A reading does not change, so a column is made once. */
  #columns = new Map<Frame, Column>();

  constructor(family: Family) {
    this.#family = family;
  }

  /** The picture of all these groups together. */
  picture(groups: readonly Group[], view: View): Picture {
    const frames = framesIn(this.#family, view);
    const rows = rowsOf(this.#family, groups);
    const columns = this.#columnsOf(frames, rows, groups, view);
    const end = frames.at(-1)?.time ?? 0;
    const { bounds } = rows;
    const unit = unitOf(this.#family.head.name);
    return {
      times: columns.map(({ before, after }) => (before.time + after.time) / 2),
      lines: RANKS.map((_, index) => ({
        color: colorOf(`quantile-${index + 1}`),
        values: columns.map(({ heights }) => heights[index] ?? null),
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
  quantiles(groups: readonly Group[], view: View): number[] {
    const frames = framesIn(this.#family, view);
    const [first, last] = [frames[0], frames.at(-1)];
    if (first === undefined || last === undefined) return RANKS.map(() => NaN);
    const rows = rowsOf(this.#family, groups);
    const counts = countsBetween(rows, first, last, groups);
    return RANKS.map((rank) => histogramQuantile(rank, rows.bounds, counts));
  }

  #columnsOf(
    frames: readonly Frame[],
    rows: Rows,
    groups: readonly Group[],
    view: View,
  ): readonly Column[] {
    const isSame =
      groups === this.#groups &&
      rows.bounds.length === this.#bounds.length &&
      rows.bounds.every((bound, row) => bound === this.#bounds[row]);
    const known = isSame ? this.#columns : new Map<Frame, Column>();
    const columns = pairsOf(frames, view.seconds / MOST_COLUMNS).map(([before, after]): Column => {
      const column = known.get(after);
      if (column?.before === before) return column;
      const counts = countsBetween(rows, before, after, groups);
      const heights = RANKS.map((rank) =>
        heightOf(histogramQuantile(rank, rows.bounds, counts), rows.bounds),
      );
      return { before, after, counts, heights };
    });
    this.#groups = groups;
    this.#bounds = rows.bounds;
    this.#columns = new Map(columns.map((column) => [column.after, column]));
    return columns;
  }
}

/** Pairs of readings, the beginning and the end of a column of so many seconds. Their limits do not move with time. */
function pairsOf(frames: readonly Frame[], seconds: number): [Frame, Frame][] {
  const pairs: [Frame, Frame][] = [];
  let before = frames[0];
  for (const [at, frame] of frames.entries()) {
    const next = frames[at + 1];
    const isEnd =
      next === undefined || Math.floor(next.time / seconds) !== Math.floor(frame.time / seconds);
    if (at === 0 || before === undefined || !isEnd) continue;
    pairs.push([before, frame]);
    before = frame;
  }
  return pairs;
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
  for (const { before, after, counts } of columns) {
    const left = Math.round(chart.valToPos(before.time, 'x', true));
    const width = Math.max(1, Math.round(chart.valToPos(after.time, 'x', true)) - left);
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
