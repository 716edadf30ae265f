#!/usr/bin/env node
// The program `mpmetrics`: shows the metrics of applications from outside.

import { readFileSync } from 'fs';
import { join } from 'path';
import { isOff } from '../heap/native';
import { commandHelp, commandNamed, given, programHelp } from './arguments';
import { check } from './check';
import { clean } from './clean';
import { FAULT, MISUSE, Misuse, WELL, type Command } from './command';
import { completionsOf } from './completions';
import { doctor } from './doctor/doctor';
import { ls } from './ls';
import { hasColors, painter, print } from './output';
import { serve } from './serve';
import { show } from './show';
import { top } from './top/top';
import { watch } from './watch';

const WITHOUT_COMPLETIONS: readonly Command[] = [ls, show, top, watch, serve, check, doctor, clean];
const COMMANDS: readonly Command[] = [...WITHOUT_COMPLETIONS, completionsOf(WITHOUT_COMPLETIONS)];

/** Runs the program, and resolves to its exit code. */
async function run([name, ...words]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const about = words[0];
    await print(
      about === undefined ? programHelp(COMMANDS) : commandHelp(commandNamed(about, COMMANDS)),
    );
    return name === undefined ? MISUSE : WELL;
  }
  if (name === '--version' || name === '-v') {
    await print(version());
    return WELL;
  }
  const command = commandNamed(name, COMMANDS);
  const parsed = given(command, words);
  if (parsed.values['help'] === true) {
    await print(commandHelp(command));
    return WELL;
  }
  if (isOff)
    throw new Misuse(`MPMETRICS=off is in this environment. Try: MPMETRICS= mpmetrics ${name}`);
  return command.run(parsed);
}

function version(): string {
  const manifest = readFileSync(join(__dirname, '../../../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Prints a message on standard error. */
function complain(message: string): void {
  const red = painter(hasColors(process.stderr));
  process.stderr.write(`${red('red', 'mpmetrics:')} ${message}\n`);
}

/** Prints the error, and returns the exit code. */
function failed(error: unknown): number {
  const { message, code, stack } = error as Error & { code?: string };
  const isOurs = typeof code === 'string' && code.startsWith('MPMETRICS_');
  complain(isOurs ? message : (stack ?? String(error)));
  if (!(error instanceof Misuse)) return FAULT;
  process.stderr.write('mpmetrics --help shows the commands.\n');
  return MISUSE;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has gone, as `head` does.
  if (error.code === 'EPIPE') process.exit(WELL);
  complain(`standard output can't be written: ${error.message}`);
  process.exit(FAULT);
});

void run(process.argv.slice(2))
  .catch(failed)
  .then((code) => process.exit(code));
