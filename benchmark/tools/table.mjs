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
  const [head] = cells;
  const widths = head.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) =>
      line.map((cell, at) => pad(cell, widths[at], at === 0 || head[at] === 'target')).join('  '),
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
  const hasTargets = rows.some(({ targets }) => targets.length > 0);
  const head = [
    '',
    ...(hasNode ? ['Node'] : []),
    'unit',
    ...names,
    ...(hasTargets ? ['target'] : []),
  ];
  const lines = rows.map(({ what, node, unit, values, targets }) => [
    what,
    ...(hasNode ? [node ?? ''] : []),
    unit,
    ...names.map((name) => round(values[name])),
    ...(hasTargets ? [targets.map(verdictOf).join('; ')] : []),
  ]);
  return [head, ...lines];
}

function verdictOf({ text, measured, isMet }) {
  return `${MARKS.get(isMet)} ${text}: ${measured}`;
}

function isNumeric(column, head) {
  return column > head.indexOf('unit') && head[column] !== 'target';
}

function pad(cell, width, isText) {
  return isText ? cell.padEnd(width) : cell.padStart(width);
}
