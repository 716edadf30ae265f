// The runs on a machine and their results: the smoke run, the Rust tests of the core, and the specs.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { root, run, say } from '../run.mjs';
import { AVA_FAILURES, countAva } from '../test/counts.mjs';
import { ARTIFACTS, KEPT } from './targets.mjs';
import { zig } from './zig.mjs';

const MINUTE = 60_000;

/** The specs that are run on other runtimes: the kinds of metrics, and the work of many processes and threads. */
const SPECS = [
  'counter',
  'gauge',
  'histogram',
  'native-histogram',
  'summary',
  'labels',
  'registry',
  'heap',
  'children',
  'cluster',
  'server',
  'multiprocess/kills',
  'multiprocess/sharing',
  'multiprocess/totals',
].map((name) => `__test__/${name}.spec.ts`);

/** The result of a run: `passed` and `failed` are numbers, `faults` lists the failures. */
const outcome = (passed, faults) => ({ passed, failed: faults.length, faults });

/** Runs the smoke program of a project. */
export async function smoke({ script }, project) {
  const { code, output } = await captured(script(join(project, 'main.mjs'), []), 20 * MINUTE);
  const summary = output.split('\n').findLast((line) => line.startsWith('{'));
  try {
    const { passed, failed, version } = JSON.parse(summary);
    const faults = output.split('\n').filter((line) => line.startsWith('FAIL'));
    // It may have printed all and not have ended.
    if (code !== 0 && failed.length === 0) faults.push(`It ended with ${code}.`);
    return { ...outcome(passed, faults), version };
  } catch {
    return outcome(0, [`It ended with ${code}, and said: ${output.slice(-2000)}`]);
  }
}

/**
 * Compiles the tests of the core for a target.
 *
 * @returns {Promise<string[]>} the programs, below {@link KEPT}; none if they could not be compiled
 */
async function compiledTests(target) {
  say(`Compiling the tests of the core for ${target.triple}`);
  const recipe = (await zig([target]))(target);
  const args = [
    '--package=mpmetrics-core',
    '--lib',
    '--tests',
    '--message-format=json-render-diagnostics',
  ];
  const cross = recipe.args.filter((arg) => arg.startsWith('--target=') || arg === '--locked');
  const { code, output } = await run('cargo', ['zigbuild', ...cross, ...args], {
    environment: { ...recipe.environment, ...recipe.tests },
    quiet: true,
    silent: true,
  });
  if (code !== 0) return [];
  const folder = join('tests', target.name);
  rmSync(join(KEPT, folder), { recursive: true, force: true });
  mkdirSync(join(KEPT, folder), { recursive: true });
  const messages = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  return messages
    .filter(({ profile, executable }) => profile?.test && executable)
    .map(({ executable }) => {
      const file = join(folder, basename(executable));
      copyFileSync(executable, join(KEPT, file));
      chmodSync(join(KEPT, file), 0o755);
      return file;
    });
}

/** Runs the tests of the core. `skipped` are the names of those that cannot hold on the machine. */
export async function rustTests({ program }, target, skipped = []) {
  const files = await compiledTests(target);
  if (files.length === 0) return outcome(0, ['The tests of the core could not be compiled.']);
  const total = outcome(0, []);
  const skip = skipped.flatMap((name) => ['--skip', name]);
  for (const file of files) {
    const { code, output } = await captured(program(file, skip), 10 * MINUTE);
    const counted = /^test result: .* (\d+) passed; (\d+) failed/m.exec(output);
    total.passed += Number(counted?.[1] ?? 0);
    const names = [...output.matchAll(/^test (\S+) \.\.\. FAILED/gm)].map(([, name]) => name);
    if (code !== 0 && names.length === 0)
      names.push(`${basename(file)} ended with ${code}: ${output.slice(-1000)}`);
    total.faults.push(...names);
  }
  return { ...total, failed: total.faults.length };
}

/** Runs {@link SPECS} in a runtime of this machine, with the binary that artifacts/ has. */
export async function specs({ script }, { file }) {
  const ava = relative(KEPT, join(root, 'node_modules/ava/entrypoints/cli.mjs'));
  copyFileSync(join(ARTIFACTS, file), join(root, file));
  const { code, output } = await captured({ ...script(ava, SPECS), cwd: root }, 60 * MINUTE);
  const faults = [...output.matchAll(/^ {2}\u2718 (.*)/gm)].map(([, title]) => title);
  if (code !== 0) console.error(AVA_FAILURES.exec(output)?.[0] ?? output.slice(-2000));
  if (code !== 0 && faults.length === 0) faults.push(`The specs ended with ${code}.`);
  return outcome(countAva(output).passed, faults);
}

/**
 * Runs a command to its end, and keeps what it prints in a file: under Wine, programs can write to files alone.
 *
 * @returns {Promise<{ code: number | string, output: string }>}
 */
function captured({ command, args, cwd = KEPT, environment = {} }, timeout) {
  const log = join(KEPT, `output-${process.pid}.log`);
  const descriptor = openSync(log, 'w');
  return new Promise((resolve, reject) => {
    const { MPMETRICS: _, MPMETRICS_TOKEN: __, ...env } = process.env;
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...environment },
      stdio: ['ignore', descriptor, descriptor],
    });
    closeSync(descriptor);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      const output = readFileSync(log, 'utf8').replaceAll('\r\n', '\n');
      rmSync(log);
      resolve({ code: code ?? signal, output });
    });
  });
}
