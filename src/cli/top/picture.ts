// The picture of `top`, as lines: a function of its state and of the size of the terminal.

import { quantileText, rateTextOf } from '../measure';
import { aligned, cut, widthOf, type painter } from '../output';
import { bytes, counted, duration } from '../../present/units';
import { isCounted } from '../values';
import type { Row } from './rows';
import type { Size } from './screen';
import type { State } from './state';

type Paint = ReturnType<typeof painter>;

interface Cell {
  readonly title: string;
  readonly width: number;
  /** The order that sorts by this column. */
  readonly order?: State['order'];
  text(row: Row): string;
}

const VALUE: Cell = {
  title: 'VALUE',
  width: 13,
  order: 'value',
  text: ({ valueText }) => valueText,
};
const RATE: Cell = {
  title: 'RATE',
  width: 11,
  order: 'rate',
  text: ({ family, rate }) => rateTextOf(family, rate),
};
const [P50, P90] = [quantileCell('P50', 0), quantileCell('P90', 1)];
const P99: Cell = { ...quantileCell('P99', 2), order: 'p99' };
const TREND: Cell = { title: 'TREND', width: 20, text: ({ trend }) => sparkline(trend) };

function quantileCell(title: string, index: number): Cell {
  return {
    title,
    width: 8,
    text: ({ family, quantiles }) => quantileText(family, quantiles[index]),
  };
}

/** The columns beside the title that fit, and that any row has something for. */
function columnsFor(width: number, rows: readonly Row[]): Cell[] {
  const hasRates = rows.some(({ family }) => isCounted(family));
  const hasQuantiles = rows.some(({ quantiles }) => quantiles.length > 0);
  return [
    VALUE,
    ...(hasRates ? [RATE] : []),
    ...(hasQuantiles && width >= 60 ? [P50, ...(width >= 100 ? [P90] : []), P99] : []),
    ...(width >= 130 ? [TREND] : []),
  ];
}

const BARS = '▁▂▃▄▅▆▇█';

/** Numbers as bars. The greatest number has the highest bar. @internal */
export function sparkline(numbers: readonly number[]): string {
  const [least, most] = [Math.min(0, ...numbers), Math.max(...numbers)];
  return numbers
    .map((number) => {
      const share = most > least ? (number - least) / (most - least) : 0;
      return BARS[Math.min(7, Math.floor(share * 8))] ?? ' ';
    })
    .join('');
}

/** The whole picture, for all lines of the terminal. @internal */
export function picture(state: State, { columns, rows }: Size, paint: Paint): string[] {
  const head = [...headLines(state, columns, paint), ''];
  const body = state.isHelpShown
    ? helpLines(paint)
    : tableLines(state, { columns, rows: rows - head.length - 1 }, paint);
  const lines = [...head, ...body].slice(0, rows - 1);
  while (lines.length < rows - 1) lines.push('');
  return [...lines, footLine(state, columns, paint)].map((line) => cutStyled(line, columns));
}

/** A line that is cut to the width of the terminal, with its styles. */
function cutStyled(line: string, width: number): string {
  if (widthOf(line) <= width) return line;
  let [kept, letters] = ['', 0];
  // oxlint-disable-next-line no-control-regex -- the escape character begins each style
  for (const [part] of line.matchAll(/\x1b\[[0-9;]*m|[\s\S]/gu)) {
    const isLetter = !part.startsWith('\x1b');
    if (isLetter && letters === width - 1) return `${kept}…\x1b[0m`;
    kept += part;
    letters += Number(isLetter);
  }
  return kept;
}

/** The lines about the application. @internal */
export function headLines(state: State, columns: number, paint: Paint): string[] {
  const { heap, info, turns, problem } = state;
  const live = new Set(info?.writers.filter((writer) => writer.live).map(({ pid }) => pid) ?? []);
  const parts = [paint('bold', heap.application)];
  if (info !== undefined) {
    parts.push(
      counted(live.size, 'process', 'processes'),
      counted(info.series, 'series', 'series'),
      bytes(info.bytes),
      `up ${duration(Date.now() / 1000 - info.createdAt)}`,
    );
  }
  const time = new Date().toTimeString().slice(0, 8);
  const line = parts.join(paint('dim', ' · '));
  const gap = columns - widthOf(line) - time.length;
  const first = gap > 1 ? line + ' '.repeat(gap) + paint('dim', time) : line;
  if (problem !== undefined) return [first, paint('yellow', problem)];
  // Before the first reading nothing is known. The empty line keeps the table in its place.
  if (turns === undefined) return [first, ''];
  const blocked = [...new Set(turns.blocked.map(({ pid }) => pid))];
  const loops =
    blocked.length > 0
      ? paint(
          'red',
          `${turns.blocked.length} of ${counted(turns.asked, 'event loop')} blocked: ${blocked.join(', ')}`,
        )
      : paint('green', `${counted(turns.asked, 'event loop')}, none blocked`);
  const dropped =
    info !== undefined && info.droppedSeries > 0
      ? paint('red', ` · ${counted(info.droppedSeries, 'series', 'series')} dropped`)
      : '';
  return [first, loops + dropped];
}

function tableLines(state: State, { columns, rows }: Size, paint: Paint): string[] {
  const shown = state.rows();
  const cells = columnsFor(columns, shown);
  const width = Math.max(16, columns - cells.reduce((sum, cell) => sum + cell.width + 1, 0));
  const first = state.scrollTo(shown, Math.max(1, rows - 1));
  const title = {
    metrics: 'METRIC',
    processes: 'PID    METRIC',
    series: state.view.kind === 'series' ? state.view.metric : '',
  }[state.view.kind];
  const arrow = state.isReversed ? '▲' : '▼';
  const heads = cells.map((cell) => {
    const text = cell.order === state.order ? `${arrow}${cell.title}` : cell.title;
    return aligned(text, cell.width, cell !== TREND);
  });
  const name = state.order === 'name' ? `${title} ${arrow}` : title;
  const head = paint(
    'inverse',
    aligned([aligned(cut(name, width), width), ...heads].join(' '), columns),
  );
  const lines = shown.slice(first, first + rows - 1).map((row) => {
    const texts = cells.map((cell) =>
      aligned(cut(cell.text(row), cell.width), cell.width, cell !== TREND),
    );
    const line = [aligned(cut(row.title, width), width), ...texts].join(' ');
    if (row.key === state.selected) return paint('inverse', aligned(line, columns));
    return row.rate > 0 || Number.isNaN(row.rate) ? line : paint('dim', line);
  });
  return [head, ...(lines.length > 0 ? lines : [paint('dim', emptyText(state))])];
}

function emptyText({ filter, view, isRead }: State): string {
  if (!isRead) return 'Reading …';
  if (filter !== '') return `Nothing has "${filter}" in its name. Escape clears the filter.`;
  if (view.kind === 'processes')
    return 'No metric has a label "pid". The default metrics have one.';
  return 'There is no metric yet.';
}

/** The keys and their actions. */
const KEYS: readonly (readonly [string, string])[] = [
  ['↑ ↓', 'choose a row; also k and j, page up, page down, home, end'],
  ['enter', 'show the series of the metric'],
  ['escape', 'go back, or clear the filter'],
  ['/', 'show only names with a text; * stands for anything'],
  ['p', 'show the metrics of each process, where they have a label "pid"'],
  ['s', 'sort by the next column: rate, value, p99, name'],
  ['r', 'sort the other way round'],
  ['space', 'pause, or go on'],
  ['+ -', 'read more often, or less often'],
  ['h ?', 'show or hide this help'],
  ['q', 'quit'],
];

function helpLines(paint: Paint): string[] {
  const keys = KEYS.map(([key, text]) => `  ${paint('bold', aligned(key, 8))} ${text}`);
  return [
    paint('bold', 'Keys'),
    ...keys,
    '',
    'RATE is that since the last reading. P50 to P99 are quantiles of what was observed',
    'in the last 10 s; of summaries, of their own window.',
  ];
}

function footLine(state: State, columns: number, paint: Paint): string {
  if (state.isTyping)
    return `${paint('bold', '/')}${state.filter}${paint('inverse', ' ')} ${paint('dim', 'enter accepts, escape clears')}`;
  const keys = [
    ['q', 'quit'],
    ['h', 'help'],
    ['/', 'filter'],
    ['s', 'sort'],
    ['p', state.view.kind === 'processes' ? 'metrics' : 'processes'],
    state.view.kind === 'metrics' ? ['enter', 'series'] : ['esc', 'back'],
    ['space', state.isPaused ? 'go on' : 'pause'],
  ] as const;
  const left = keys.map(([key, text]) => `${paint('bold', key)} ${paint('dim', text)}`).join('  ');
  const notes = [
    ...(state.filter === '' ? [] : [`"${state.filter}"`]),
    state.isPaused ? 'paused' : `every ${Number(state.pause.toFixed(1))} s`,
  ].join(' ');
  const gap = columns - widthOf(left) - widthOf(notes);
  return gap > 1 ? left + ' '.repeat(gap) + paint(state.isPaused ? 'yellow' : 'dim', notes) : left;
}
