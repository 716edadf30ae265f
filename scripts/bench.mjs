// `npm run bench`: runs the benchmarks, and prints their tables. Each is a folder of benchmark/ with a run.mjs.
//   npm run bench                        all of them (twenty minutes on two quiet cores)
//   npm run bench -- --only updates      one of them, or several: --only updates,cluster
//   npm run bench -- --quick             fewer rounds: a quick look, no proof
//   npm run bench -- --json FILE         also writes the rows as JSON
//   npm run bench -- --document          also writes the tables and plots of docs/PERFORMANCE.md
//   npm run bench -- --from FILE         runs nothing, and prints tables from an earlier --json file
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from '../benchmark/tools/machine.mjs';
import { table, verdicts } from '../benchmark/tools/table.mjs';
import { main, Refusal, root, say } from './run.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const folder = join(root, 'benchmark');
  const known = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'run.mjs')));
  const { only, json, quick, document, from } = readOptions();
  const chosen = only?.split(',') ?? known;
  for (const name of chosen) {
    if (known.includes(name)) continue;
    throw new Refusal(`There is no benchmark "${name}": choose from ${known.join(', ')}.`);
  }
  const results = from
    ? JSON.parse(readFileSync(from, 'utf8'))
    : { machine: { ...machine(), quick }, tables: {} };
  // A build in another folder is measured as it is.
  if (!from && !process.env.MPMETRICS_BENCHMARK_PACKAGE) await setup({ quiet: true });
  for (const name of chosen) {
    const benchmark = await import(pathToFileURL(join(folder, name, 'run.mjs')));
    say(benchmark.title);
    if (!from) {
      const rows = await measured(benchmark, quick ? { rounds: 1, quick } : {});
      results.tables[name] = { title: benchmark.title, rows };
      if (json) writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
    }
    const rows = results.tables[name]?.rows ?? [];
    console.log(table(rows));
  }
  console.log(`\n${verdicts(Object.values(results.tables).flatMap(({ rows }) => rows))}`);
  if (document) {
    const { writeDocument } = await import('../benchmark/tools/document.mjs');
    await writeDocument(results);
  }
});

/** The rows of a benchmark. A failing benchmark has none, and the others still run. */
async function measured(benchmark, options) {
  try {
    return await benchmark.default(options);
  } catch (error) {
    process.stderr.write(`  ${error.stack}\n`);
    process.exitCode = 1;
    return [];
  }
}

function readOptions() {
  try {
    const options = {
      only: { type: 'string' },
      json: { type: 'string' },
      from: { type: 'string' },
      quick: { type: 'boolean', default: false },
      document: { type: 'boolean', default: false },
    };
    return parseArgs({ options }).values;
  } catch (error) {
    throw new Refusal(error.message);
  }
}
