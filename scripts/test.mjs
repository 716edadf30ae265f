// `npm test`: prepares the clone, then runs everything, and closes with one total.
//   npm test                     all of it
//   npm test -- rust             one part, or some: rust, direct (the specs), native (the specs, without
//                                typed-array stores)
import { stripVTControlCharacters } from 'node:util';
import { main, Refusal, root, run, say } from './run.mjs';
import { setup } from './setup.mjs';

const AVA = [`${root}node_modules/ava/entrypoints/cli.mjs`];

const PARTS = {
  rust: {
    title: 'Rust: the core by itself (cargo test)',
    command: ['cargo', ['test', '--workspace', '--exclude', 'mpmetrics-node', '--no-fail-fast']],
    count: countCargo,
  },
  direct: {
    title: 'The specs, JavaScript storing into shared memory itself (ava)',
    command: [process.execPath, AVA],
    count: countAva,
  },
  native: {
    title: 'The specs again, each update through a native function (MPMETRICS_TIER=native)',
    // What is packed does not depend on the tier.
    command: [process.execPath, [...AVA, '__test__/**/*.spec.ts', '!__test__/package.spec.ts']],
    environment: { MPMETRICS_TIER: 'native' },
    count: countAva,
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
  for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
    const { title, command, environment, count } = PARTS[name];
    say(title);
    const { code, output } = await run(...command, { environment });
    const counted = count(stripVTControlCharacters(output));
    // A part that broke off before its totals has failed all the same, and so has one that ran nothing.
    if ((code !== 0 && counted.failed === 0) || counted.passed + counted.failed === 0) {
      counted.failed += 1;
    }
    say(`${name}: ${counted.passed} passed, ${counted.failed} failed`);
    total.passed += counted.passed;
    total.failed += counted.failed;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
});

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
    passed: sum(/^ {2}(\d+) tests? passed/gm) + sum(/^ {2}(\d+) known failures?/gm),
    failed:
      sum(/^ {2}(\d+) (?:tests?|hooks?) failed/gm) +
      sum(/^ {2}(\d+) (?:uncaught exceptions?|unhandled rejections?|timeouts?)/gm),
  };
}
