// `npm test`: prepares the clone, runs all tests, and prints one total at the end.
//   npm test                     all tests
//   npm test -- rust             one or more parts: rust, portable (Rust, as on macOS), direct (the specs), native
//                                (the specs, without typed-array stores)
import { stripVTControlCharacters } from 'node:util';
import { main, Refusal, root, run, say } from './run.mjs';
import { setup } from './setup.mjs';

const AVA = [`${root}node_modules/ava/entrypoints/cli.mjs`];

// The line below the last test.
const AVA_FAILURES = /^ {2}\u2500+$[^]*/m;

const PARTS = {
  rust: {
    title: 'Rust: the core by itself (cargo test)',
    command: ['cargo', ['test', '--workspace', '--exclude', 'mpmetrics-node', '--no-fail-fast']],
    count: countCargo,
    failures: /^failures:$[^]*/m,
  },
  portable: {
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
    title: 'The specs, JavaScript storing into shared memory itself (ava)',
    command: [process.execPath, AVA],
    count: countAva,
    failures: AVA_FAILURES,
  },
  native: {
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
  await setup();
  const total = { passed: 0, failed: 0 };
  const reports = [];
  for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
    const { title, command, environment, count, failures } = PARTS[name];
    say(title);
    const ended = await run(...command, { environment });
    const output = stripVTControlCharacters(ended.output);
    const counted = count(output);
    // A part without totals has failed, and so has a part that ran nothing.
    if ((ended.code !== 0 && counted.failed === 0) || counted.passed + counted.failed === 0) {
      counted.failed += 1;
    }
    say(`${name}: ${counted.passed} passed, ${counted.failed} failed`);
    total.passed += counted.passed;
    total.failed += counted.failed;
    if (counted.failed > 0) {
      reports.push(
        `${name} ended with code ${ended.code}`,
        failures.exec(output)?.[0] ?? lastLines(output),
      );
    }
  }
  // Printed again at the end, because a long output may lose its beginning.
  if (reports.length > 0) say(`What failed\n\n${reports.join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
});

function lastLines(output) {
  return output.split('\n').slice(-50).join('\n');
}

function countCargo(output) {
  const counted = { passed: 0, failed: 0 };
  for (const [, passed, failed] of output.matchAll(
    /^test result: .* (\d+) passed; (\d+) failed/gm,
  )) {
    counted.passed += Number(passed);
    counted.failed += Number(failed);
  }
  return counted;
}

function countAva(output) {
  const sum = (pattern) =>
    [...output.matchAll(pattern)].reduce((total, [, number]) => total + Number(number), 0);
  return {
    // Counted by their lines, because AVA omits the total if another test has failed.
    passed: [...output.matchAll(/^ {2}[\u2714\u221a] /gm)].length,
    failed:
      sum(/^ {2}(\d+) (?:tests?|hooks?) failed/gm) +
      sum(/^ {2}(\d+) (?:uncaught exceptions?|unhandled rejections?|timeouts?)/gm),
  };
}
