// Rows as text, for a terminal and for a document.
import { round } from './targets.mjs';

const MARKS = new Map([
  [true, '✔'],
  [false, '✘'],
  [null, '?'],
]);

/** The rows in columns, for a terminal. */
export function table(rows) {
  if (rows.length === 0) return '  nothing';
  const cells = cellsOf(rows, contestants(rows));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) =>
      line.map((cell, at) => pad(cell, widths[at], at === 0 || at === line.length - 1)).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The rows as a table of Markdown. */
export function markdown(rows) {
  const [head, ...lines] = cellsOf(rows, contestants(rows));
  const rule = head.map((_, column) => (isNumeric(column, head) ? '--:' : '---'));
  return [head, rule, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** The number of reached targets, and the missed ones. */
export function verdicts(rows) {
  const all = rows.flatMap(({ what, node, targets }) =>
    targets.map((target) => ({ ...target, what: node ? `${what} (${node})` : what })),
  );
  const missed = all.filter(({ isMet }) => isMet === false);
  const unknown = all.filter(({ isMet }) => isMet === null);
  const lines = missed.map(({ what, text, measured }) => `  ✘ ${what}: ${text}, is ${measured}`);
  const reached = all.length - missed.length - unknown.length;
  return [
    `Targets: ${reached} reached, ${missed.length} missed, ${unknown.length} not measured`,
    ...lines,
  ].join('\n');
}

function contestants(rows) {
  const names = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  return ['mpmetrics', ...[...names].filter((name) => name !== 'mpmetrics')];
}

function cellsOf(rows, names) {
  const hasNode = rows.some(({ node }) => node !== undefined);
  const head = ['', ...(hasNode ? ['Node'] : []), 'unit', ...names, 'target'];
  const lines = rows.map(({ what, node, unit, values, targets }) => [
    what,
    ...(hasNode ? [node ?? ''] : []),
    unit,
    ...names.map((name) => round(values[name])),
    targets
      .map(({ text, measured, isMet }) => `${MARKS.get(isMet)} ${text}: ${measured}`)
      .join('; '),
  ]);
  return [head, ...lines];
}

function isNumeric(column, head) {
  return column > head.indexOf('unit') && column < head.length - 1;
}

function pad(cell, width, isText) {
  return isText ? cell.padEnd(width) : cell.padStart(width);
}
