// Writes the results into docs/PERFORMANCE.md: each table between its two comments, and the plots beside it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import places from './places.cjs';
import { plot } from './plot.mjs';
import { markdown, verdicts } from './table.mjs';

const DOCUMENT = join(places.root, 'docs', 'PERFORMANCE.md');
const HEADLINES = 'headlines';
const PLOTS = join(places.root, 'docs', 'plots');

/**
 * Writes the tables of these results; the others stay.
 *
 * @param results the output of `npm run bench -- --json`
 */
export async function writeDocument({ machine, tables }) {
  let text = readFileSync(DOCUMENT, 'utf8');
  const put = (name, content) => {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const [before, rest] = [text.indexOf(begin), text.indexOf(end)];
    if (before < 0 || rest < 0) return;
    text = `${text.slice(0, before)}${begin}\n\n${content}\n\n${text.slice(rest)}`;
  };
  // The table of headlines is mostly measured alone, and names its own machine.
  if (Object.keys(tables).some((name) => name !== HEADLINES)) put('machine', machineAs(machine));
  for (const [name, { rows }] of Object.entries(tables)) {
    if (rows.length === 0) continue;
    put(name, markdown(rows) + (name === HEADLINES ? `\n\n${machineAs(machine)}` : ''));
    const { plot: chart } = await import(`../${name}/run.mjs`);
    if (chart) draw(chart, rows);
  }
  const all = Object.values(tables).flatMap(({ rows }) => rows);
  if (all.some(({ targets }) => targets.length > 0)) {
    put('verdicts', `\`\`\`text\n${verdicts(all)}\n\`\`\``);
  }
  const options = { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT };
  writeFileSync(DOCUMENT, await format(text, options));
}

function machineAs({ processor, cores, memory, system, node, load, date, quick }) {
  const doubt = quick ? ' One round each on a busy machine: a quick look, no proof.' : '';
  return (
    `${processor}, ${cores} cores, ${memory}, ${system}, Node.js ${node} and the versions in the tables; ${date}, ` +
    `load average ${load} at the start.${doubt}`
  );
}

function draw({ file, of, ...names }, rows) {
  const lines = {};
  for (const row of rows) {
    const at = of(row);
    if (at === undefined) continue;
    for (const [name, value] of Object.entries(row.values)) {
      if (value > 0) (lines[name] ??= []).push([at, value]);
    }
  }
  mkdirSync(PLOTS, { recursive: true });
  writeFileSync(join(PLOTS, `${file}.svg`), plot(names, lines));
}
