// `npm run bench`: runs the benchmarks, each a folder of benchmark/ with a run.mjs.
//   npm run bench                        all of them
//   npm run bench -- --only footprint    one of them
//   npm run bench -- --json              one line of JSON each
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { main, Refusal, root, say } from './run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const folder = join(root, 'benchmark');
  const known = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'run.mjs')));
  const { only, json } = readOptions();
  if (only && !known.includes(only)) {
    throw new Refusal(`There is no benchmark "${only}": choose from ${known.join(', ')}.`);
  }
  await setup({ quiet: json });
  for (const name of only ? [only] : known) {
    const benchmark = await import(pathToFileURL(join(folder, name, 'run.mjs')));
    say(benchmark.title);
    const rows = await benchmark.default();
    if (json) console.log(JSON.stringify({ benchmark: name, rows }));
    else console.table(rows.map(rounded));
  }
});

function readOptions() {
  try {
    const options = { only: { type: 'string' }, json: { type: 'boolean', default: false } };
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refusal(error.message);
  }
}

/** Numbers with as many digits as mean something. */
function rounded(row) {
  const entries = Object.entries(row).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(value.toFixed(2)) : value,
    ]),
  );
}
