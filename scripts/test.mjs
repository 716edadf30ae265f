// `npm test`: prepares the clone, runs all tests, and prints one total at the end.
//   npm test                     all tests
//   npm test -- rust             one or more parts: rust, portable (Rust, as on macOS), direct (the specs), native
//                                (the specs, without typed-array stores)
import { stripVTControlCharacters } from 'node:util';
import { main, Refusal, root, run, say } from './run.mjs';
import { installFrameworks, setup } from './setup.mjs';
import { AVA_FAILURES, countAva, countCargo } from './test/counts.mjs';
import { missingTools } from './test/tools.mjs';

const AVA = [`${root}node_modules/ava/entrypoints/cli.mjs`];

const PARTS = {
  rust: {
    minutes: 15,
    title: 'Rust: the core by itself (cargo test)',
    command: ['cargo', ['test', '--workspace', '--exclude', 'mpmetrics-node', '--no-fail-fast']],
    count: countCargo,
    failures: /^failures:$[^]*/m,
  },
  portable: {
    minutes: 2,
    title: 'Rust: the core again, with the files and waits of systems other than Linux',
    command: [
      'cargo',
      [
        'test',
        '--package=mpmetrics-core',
        '--features=portable',
        '--lib',
        '--tests',
        '--no-fail-fast',
      ],
    ],
    count: countCargo,
    failures: /^failures:$[^]*/m,
  },
  direct: {
    minutes: 20,
    title: 'The specs, JavaScript storing into shared memory itself (ava)',
    command: [process.execPath, AVA],
    count: countAva,
    failures: AVA_FAILURES,
  },
  native: {
    minutes: 20,
    title: 'The specs again, each update through a native function (MPMETRICS_TIER=native)',
    // The package is the same in both tiers.
    command: [process.execPath, [...AVA, '__test__/**/*.spec.ts', '!__test__/package.spec.ts']],
    environment: { MPMETRICS_TIER: 'native' },
    count: countAva,
    failures: AVA_FAILURES,
  },
};

await main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !(name in PARTS));
  if (unknown) {
    throw new Refusal(
      `There is no part "${unknown}": choose from ${Object.keys(PARTS).join(', ')}.`,
    );
  }
  const chosen = asked.length > 0 ? asked : Object.keys(PARTS);
  const minutes = chosen.reduce((sum, name) => sum + PARTS[name].minutes, 0);
  say(`This takes about ${minutes} minutes on two cores, and builds what is out of date first`);
  const missing = chosen.some((name) => name !== 'rust') ? missingTools() : [];
  for (const line of missing) say(line);
  await setup();
  await installFrameworks();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const reports = [];
  for (const name of chosen) {
    const { title, command, environment, count, failures } = PARTS[name];
    say(title);
    const ended = await run(...command, { environment });
    const output = stripVTControlCharacters(ended.output);
    const counted = count(output);
    // A part without totals has failed, and so has a part that ran nothing.
    if ((ended.code !== 0 && counted.failed === 0) || counted.passed + counted.failed === 0) {
      counted.failed += 1;
    }
    say(`${name}: ${inWords(counted)}`);
    for (const kind of Object.keys(total)) total[kind] += counted[kind];
    if (counted.failed > 0) {
      reports.push(
        `${name} ended with code ${ended.code}`,
        failures.exec(output)?.[0] ?? lastLines(output),
      );
    }
  }
  // Printed again at the end, because a long output may lose its beginning.
  if (reports.length > 0) say(`What failed\n\n${reports.join('\n')}`);
  if (missing.length > 0) say(`What was not run\n\n${missing.join('\n')}`);
  console.log(`\n${inWords(total)}`);
  if (total.failed > 0) process.exitCode = 1;
});

/** The totals in words. Skipped tests are named only if there are any. */
function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function lastLines(output) {
  return output.split('\n').slice(-50).join('\n');
}
