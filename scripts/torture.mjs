// `npm run torture`: tries to break the promises of docs/RELIABILITY.md, and prints a table of the results.
//   npm run torture                                all items, with the long figures: some hours
//   npm run torture -- --short                     all items, for some minutes
//   npm run torture -- --only kills,churn          these items
//   npm run torture -- --part 0.1                  a tenth of the long figures
//   npm run torture -- --json figures.json         also writes the figures
//
// An item is a program in scripts/torture/, which prints one line of JSON: { item, passed, figures, faults }. The exit
// code is 1 if one of them has not passed. `MPMETRICS_TIER=native` selects native updates for items that do not choose
// a tier.
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { main, Refusal, root, say } from './run.mjs';

const FOLDER = new URL('torture/', import.meta.url);

/** The names of all items. */
export const ITEMS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => basename(file, '.mjs'));

/**
 * Runs an item, and returns its result. Its other output goes to standard error.
 *
 * @param {string} item its name
 * @param {{ isShort?: boolean, part?: string, onStart?: (child: import('node:child_process').ChildProcess) => void }} [how]
 * @returns {Promise<{ item: string, passed: boolean, figures: Record<string, unknown>, faults: string[] }>}
 */
export function runItem(item, { isShort = false, part = '1', onStart } = {}) {
  const program = fileURLToPath(new URL(`${item}.mjs`, FOLDER));
  return new Promise((resolve, reject) => {
    const how = isShort ? ['--short'] : ['--part', part];
    const child = spawn(process.execPath, [program, ...how], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onStart?.(child);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const last = output.trim().split('\n').at(-1);
      try {
        resolve({ faults: [], ...JSON.parse(last) });
      } catch {
        const faults = [`It ended with ${code ?? signal} and said ${JSON.stringify(last)}.`];
        resolve({ item, passed: false, figures: {}, faults });
      }
    });
  });
}

async function torture() {
  const { values: options } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      part: { type: 'string', default: '1' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
    },
  });
  const only = options.only.flatMap((names) => names.split(','));
  const unknown = only.find((name) => !ITEMS.includes(name));
  if (unknown) throw new Refusal(`There is no item "${unknown}": choose from ${ITEMS.join(', ')}.`);
  const results = [];
  for (const item of only.length > 0 ? only : ITEMS) {
    say(item);
    const result = await runItem(item, { isShort: options.short, part: options.part });
    results.push(result);
    for (const fault of result.faults) console.error(`✘ ${fault}`);
    // Written after each item, because a long run may be interrupted.
    if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  }
  console.log(`\n${table(results)}`);
  if (results.some(({ passed }) => !passed)) process.exitCode = 1;
}

function table(results) {
  const widest = Math.max(...results.map(({ item }) => item.length));
  return results
    .flatMap(({ item, passed, figures }) => [
      `${passed ? '✔' : '✘'} ${item.padEnd(widest)}  ${passed ? 'passed' : 'FAILED'}`,
      ...Object.entries(figures).map(([what, value]) => `    ${what}: ${shown(value)}`),
    ])
    .join('\n');
}

function shown(value) {
  if (typeof value === 'number') return value.toLocaleString('en');
  if (value === null || typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([what, part]) => `${what} ${shown(part)}`)
    .join(', ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(torture);
