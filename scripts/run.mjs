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
 * standard output goes to standard error, because the caller prints something else there. With `silent`,
 * the output is only returned.
 *
 * @returns {Promise<{ code: number, output: string }>} how it ended; it throws only if it could not be started
 */
export function run(
  command,
  args,
  { environment = {}, quiet = false, silent = false, cwd = root } = {},
) {
  return new Promise((resolve, reject) => {
    const [program, given, shell] = forSystem(command, args);
    const child = spawn(program, given, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (!silent) (quiet ? process.stderr : process.stdout).write(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
      process.stderr.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 1 : 0), output }));
  });
}

/**
 * A command in the form in which the system starts it. On Windows, npm and similar tools are batch files. A shell starts
 * them, and splits its arguments at spaces.
 *
 * @returns {[string, string[], boolean]} program, arguments, and whether a shell starts it
 */
export function forSystem(command, args, platform = process.platform) {
  if (platform !== 'win32' || /\.exe$/i.test(command)) return [command, args, false];
  const quoted = (text) => (/^[\w./:=@+-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);
  return [quoted(command), args.map(quoted), true];
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
