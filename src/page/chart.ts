// A chart of uPlot in the page's style, which is made again if its lines, its rows or the colours are others.

import uPlot from 'uplot';
import { colorOf } from './colors';

/** A line of a chart. */
export interface Line {
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly isDashed?: boolean;
}

/** A picture of a chart: lines over time, perhaps over rows. */
export interface Picture {
  /** Seconds since the Unix epoch. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  /** The first and last second to show. */
  readonly range: readonly [number, number];
  /** A value of the vertical axis, for people. */
  readonly valueText: (value: number) => string;
  /** Whether values are bytes, whose steps are powers of two. */
  readonly isBytes?: boolean;
  /** The number of rows, if the vertical axis has rows. */
  readonly rows?: number;
  /** Paints behind the lines. */
  readonly paint?: (chart: uPlot) => void;
}

const HEIGHT = 168;
/** Steps of axes with bytes. */
const POWERS = Array.from({ length: 60 }, (_, power) => 2 ** power);
const FONT = '11px ui-sans-serif, system-ui, sans-serif';

/** A chart in an element of the page. */
export class Chart {
  readonly #place: HTMLElement;
  #picture: Picture | undefined;
  #chart: uPlot | undefined;
  #key = '';
  /** The width of the place, by its observer: to ask the place would make the browser lay out the page. */
  #width = 0;

  constructor(place: HTMLElement) {
    this.#place = place;
    new ResizeObserver(([entry]) => this.#resize(entry?.contentRect.width ?? 0)).observe(place);
  }

  /** Draws, as soon as the place has a width. */
  draw(picture: Picture): void {
    this.#picture = picture;
    if (this.#width === 0) return;
    const { times, lines, rows } = picture;
    const key = JSON.stringify([lines.map(({ color }) => color), rows, colorOf('grid')]);
    const data = [times, ...lines.map(({ values }) => values)] as uPlot.AlignedData;
    if (this.#chart === undefined || key !== this.#key) {
      this.#chart?.destroy();
      this.#key = key;
      this.#chart = new uPlot(this.#options(picture), data, this.#place);
      return;
    }
    // At once, and not after the caller's work, which has so much time in a frame.
    this.#chart.batch((chart: uPlot) => chart.setData(data));
  }

  #resize(width: number): void {
    if (width === 0 || width === this.#width) return;
    this.#width = width;
    if (this.#chart !== undefined) this.#chart.setSize({ width, height: HEIGHT });
    else if (this.#picture !== undefined) this.draw(this.#picture);
  }

  #options({ lines, rows, isBytes }: Picture): uPlot.Options {
    const grid = { stroke: colorOf('grid'), width: 1 };
    const axis = { stroke: colorOf('muted'), font: FONT, ticks: { show: false } };
    return {
      width: this.#width,
      height: HEIGHT,
      padding: [8, 6, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 5 }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => [...(this.#picture?.range ?? [0, 1])] as [number, number] },
        y: {
          range: (_chart, least, most) => (rows === undefined ? spread(least, most) : [0, rows]),
        },
      },
      axes: [
        {
          ...axis,
          size: 26,
          gap: 7,
          space: 70,
          grid: { show: false },
          values: (_chart, splits) => splits.map(clock),
        },
        {
          ...axis,
          size: 62,
          gap: 6,
          space: 30,
          grid: { ...grid, show: rows === undefined },
          ...(rows !== undefined && { incrs: steps(rows) }),
          ...(isBytes === true && { incrs: POWERS }),
          values: (_chart, splits) => splits.map((value) => this.#picture?.valueText(value) ?? ''),
        },
      ],
      series: [
        {},
        ...lines.map(({ color, isDashed }) => ({
          stroke: color,
          width: 1.75,
          points: { show: false },
          ...(isDashed === true && { dash: [5, 4] }),
        })),
      ],
      hooks: { drawAxes: [(chart) => this.#picture?.paint?.(chart)] },
    };
  }
}

/** The vertical range: from 0 for values that are not negative, and never empty. */
function spread(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null) return [0, 1];
  const low = Math.min(0, least);
  const high = Math.max(0, most);
  if (low === high) return [0, 1];
  const edge = (high - low) * 0.08;
  return [low < 0 ? low - edge : 0, high > 0 ? high + edge : 0];
}

function steps(rows: number): number[] {
  return Array.from({ length: rows }, (_, index) => index + 1);
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

function clock(seconds: number): string {
  return CLOCK.format(seconds * 1000);
}
