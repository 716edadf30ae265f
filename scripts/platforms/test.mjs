// `npm run test:platforms`: runs the binaries of all platforms that one x86-64 Linux machine can run.
//   npm run test:platforms                         all of them, with the Rust tests and specs (an hour on two cores)
//   npm run test:platforms -- --short              the smoke run, on x86-64 Linux: all runtimes, and musl (five minutes)
//   npm run test:platforms -- --smoke              the smoke run, on all of them
//   npm run test:platforms -- --only win32,musl    those whose name, as the table shows it, contains that
//   npm run test:platforms -- --built              with the binaries that artifacts/ has
//   npm run test:platforms -- --document           writes the tables of docs/PLATFORMS.md too
//
// It takes root and Debian for all but linux-x64-gnu. A machine that cannot be had is said to be so, and is no failure.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, must, Refusal, say } from '../run.mjs';
import { setup } from '../setup.mjs';
import { buildPlatforms } from './build.mjs';
import { describe } from './binary.mjs';
import { writeTable } from './document.mjs';
import { machines } from './machines.mjs';
import { project } from './package.mjs';
import { rustTests, smoke, specs } from './runs.mjs';
import { isUpToDate } from './sources.mjs';
import { ARTIFACTS, KEPT, targets } from './targets.mjs';
import { zig } from './zig.mjs';

// The emulator for arm64 shows none of the figures of /proc, and no other process's.
const UNDER_QEMU = ['os::process', 'processes', 'kill'];

const NOT_HERE = {
  'linux-arm64-gnu': UNDER_QEMU,
  'linux-arm64-musl': UNDER_QEMU,
  'win32-x64-msvc': [
    // A program that is started from outside of Wine has no parent.
    'this_process_is_the_one_with_its_number',
    // A removed file keeps its name under Wine until it is closed.
    'a_file_that_was_made_anew_is_not_current',
    'two_mappings_of_one_segment_see_the_same_words',
    // Between two kills, Wine has no time to start all writers, or to give each the lock.
    'kills_in_updates',
    'kills_while_series_come_and_go',
  ],
};

await main(async () => {
  const { values: options } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      built: { type: 'boolean', default: false },
      document: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const chosen = machines.filter(
    (machine) =>
      (!options.short || !machine.isLong) &&
      options.only.split(',').some((part) => isAsked(nameOf(machine), part)),
  );
  if (chosen.length === 0) throw new Refusal(`No machine is called like ${options.only}.`);
  const used = targets().filter(({ name }) => chosen.some(({ target }) => target === name));
  if (options.built) requireUpToDate(used);
  // The facade that is run beside the binaries must be of this tree too.
  await setup({ quiet: true });
  const missing = options.built ? undefined : await build(used);
  const rows = missing ? chosen.map((machine) => ({ machine, missing })) : [];
  const places = new Set();
  for (const machine of missing ? [] : chosen) {
    const row = await test(machine, options, places);
    rows.push(row);
    // At once: a long run may be broken off.
    if (options.document && !row.missing) await document(row);
  }
  report(rows);
});

function nameOf({ target, runtime }) {
  return `${target} ${runtime}`;
}

/** A whole name stands for its machine alone, and a part of names for all that contain it. */
function isAsked(name, part) {
  const isWhole = machines.some((machine) => nameOf(machine) === part);
  return isWhole ? name === part : name.includes(part);
}

/** A table must not tell of binaries that are not of this tree. */
function requireUpToDate(used) {
  const old = used.filter((target) => !isUpToDate(target)).map(({ name }) => name);
  if (old.length > 0) {
    throw new Refusal(`artifacts/ has no binaries of these sources for ${old}. Leave out --built.`);
  }
}

/** Builds for those targets. Returns why that is not possible here, if the tools for it cannot be had. */
async function build(used) {
  let rows;
  try {
    rows = await buildPlatforms(used.map(({ name }) => name));
  } catch (error) {
    if (error instanceof Refusal) return error.message.split('\n')[0];
    throw error;
  }
  console.table(rows);
  const failed = rows.filter(({ result }) => result !== 'ok');
  if (failed.length > 0)
    throw new Refusal(`${failed.map(({ target }) => target).join(', ')} could not be built.`);
}

/** The result of one machine: a row of the report. `places` are those in which the Rust tests have been run. */
async function test(machine, { short, smoke: isSmoke }, places) {
  say(nameOf(machine));
  const row = { machine };
  const started = performance.now();
  let starter;
  try {
    starter = await machine.prepare();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...row, missing: error.message.split('\n')[0] };
  }
  const target = targets().find(({ name }) => name === machine.target);
  row.smoke = await smoke(starter, await projectFor(machine, target));
  if (!short && !isSmoke) {
    // They are the same in each runtime of a place.
    const place = `${target.name} ${machine.how}`;
    if (!machine.feature && !places.has(place)) {
      places.add(place);
      row.rust = await rustTests(starter, target, NOT_HERE[target.name]);
    }
    if (machine.specs) row.specs = await specs(starter, target);
  }
  row.seconds = Math.round((performance.now() - started) / 1000);
  for (const fault of partsOf(row).flatMap((part) => part.faults)) console.error(`✘ ${fault}`);
  return row;
}

async function projectFor({ feature }, target) {
  if (!feature) return project(`project-${target.name}`, [target]);
  // A binary of its own, which must not be taken for the one that is published.
  const { args, environment } = (await zig([target]))(target);
  const folder = join(KEPT, feature);
  await must('cargo', [...args, `--features=mpmetrics-core/${feature}`, `--target-dir=${folder}`], {
    environment,
    quiet: true,
  });
  await must(
    'cp',
    [join(folder, target.triple, 'release/libmpmetrics_node.so'), join(folder, target.file)],
    { quiet: true },
  );
  return project(`project-${feature}`, [target], folder);
}

function partsOf({ smoke: smoked, rust, specs: specified }) {
  return [smoked, rust, specified].filter(Boolean);
}

function shown(part) {
  if (!part) return '';
  return `${part.passed} passed${part.failed ? `, ${part.failed} failed` : ''}`;
}

function report(rows) {
  console.table(
    rows.map(({ machine, missing, smoke: smoked, rust, specs: specified, seconds }) => ({
      platform: machine.target,
      runtime: machine.runtime,
      how: machine.how,
      smoke: missing ? `NOT RUN: ${missing}` : shown(smoked),
      rust: shown(rust),
      specs: shown(specified),
      seconds,
    })),
  );
  const sum = (key) => rows.flatMap(partsOf).reduce((total, part) => total + part[key], 0);
  const missing = rows.filter((row) => row.missing).length;
  console.log(
    `platforms: ${sum('passed')} passed, ${sum('failed')} failed, ${missing} machines not to be had`,
  );
  if (sum('failed') > 0) process.exitCode = 1;
}

function dayOf(date) {
  return date.toISOString().slice(0, 10);
}

function document({ machine, smoke: smoked, rust, specs: specified }) {
  const { target: platform, runtime, how } = machine;
  writeTable(
    'runs',
    ['platform', 'runtime', 'where', 'smoke run', 'Rust tests of the core', 'specs', 'date'],
    [[platform, runtime, how, shown(smoked), shown(rust), shown(specified), dayOf(new Date())]],
    2,
  );
  // Its own binary may be the only one of this tree: the rows of the others stay as they are.
  const built = targets()
    .filter(isUpToDate)
    .map((target) => {
      const file = join(ARTIFACTS, target.file);
      const { size, mtime } = statSync(file);
      return [target.name, String(size), describe(file).lowest, dayOf(mtime)];
    });
  writeTable('binaries', ['platform', 'bytes', 'oldest system', 'date'], built);
  // Tables are laid out as all others are.
  return must('npx', ['--no-install', 'prettier', '--write', 'docs/PLATFORMS.md'], { quiet: true });
}
