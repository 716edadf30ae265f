// The tables of docs/PLATFORMS.md, written by what was built and run.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.mjs';

const FILE = join(root, 'docs/PLATFORMS.md');

/**
 * Writes rows into the table between `<!-- name -->` and `<!-- /name -->`. A row whose first `keys` cells are in the table
 * already takes its place; the other rows stay as they are.
 */
export function writeTable(name, titles, rows, keys = 1) {
  const text = readFileSync(FILE, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const start = text.indexOf(begin) + begin.length;
  const stop = text.indexOf(end);
  if (start < begin.length || stop < start)
    throw new Error(`docs/PLATFORMS.md has no table ${name}.`);
  const known = new Map();
  const keyOf = (cells) => cells.slice(0, keys).join(' | ');
  const lines = text
    .slice(start, stop)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  for (const line of lines.slice(2)) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    known.set(keyOf(cells), cells);
  }
  for (const cells of rows) known.set(keyOf(cells), cells);
  const table = [titles, titles.map(() => '---'), ...known.values()];
  const written = table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  writeFileSync(FILE, `${text.slice(0, start)}\n${written}\n\n${text.slice(stop)}`);
}
