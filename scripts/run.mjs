// Runs one command and prints it. Every script here starts its tools by this.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of the project, with a separator at its end. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** An error that the user can correct. It is printed without a stack. */
export class Refusal extends Error {}

/** Prints a line about the next step. */
export function say(text) {
  process.stderr.write(`\n› ${text}\n`);
}

/**
 * Runs a command in the project's folder and waits for it.
 *
 * The output is passed on at once, and also returned, so that the caller can read totals from it. With `quiet`,
 * standard output goes to standard error, because the caller prints something else there.
 *
 * @returns {Promise<{ code: number, output: string }>} how it ended; it throws only if it could not be started
 */
export function run(command, args, { environment = {}, quiet = false, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const onWindows = process.platform === 'win32';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // On Windows, npm and similar tools are batch files.
      shell: onWindows,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      (quiet ? process.stderr : process.stdout).write(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
      process.stderr.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
  });
}

/** Like `run`, but throws if the command fails. */
export async function must(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Refusal(`"${[command, ...args].join(' ')}" ended with code ${code}.`);
  return output;
}

/** Runs a script's main function. A refusal becomes one line and exit code 1. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`\n✘ ${error.message}\n`);
    process.exitCode = 1;
  }
}
