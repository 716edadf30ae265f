// Parsing a command line into a command and its options, and the help.

import { parseArgs, type ParseArgsConfig } from 'util';
import { Misuse, type Command, type Given, type Option } from './command';

const HELP: Option = { type: 'boolean', short: 'h', help: 'print this help' };

/** The options of a command, including `--help`. @internal */
export function optionsOf({ options }: Command): Readonly<Record<string, Option>> {
  return { ...options, help: HELP };
}

/** Parses the words after a command's name. Throws a `Misuse`. @internal */
export function given(command: Command, words: readonly string[]): Given {
  const options = optionsOf(command);
  const config: ParseArgsConfig = {
    args: [...words],
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type, short, isRepeatable = false }]) => [
        name,
        { type, multiple: isRepeatable, ...(short && { short }) },
      ]),
    ),
  };
  let parsed: Given;
  try {
    parsed = parseArgs(config) as unknown as Given;
  } catch (error) {
    throw new Misuse(explained(error as Error, Object.keys(options)));
  }
  const [least, most] = command.count;
  const { length } = parsed.positionals;
  if (parsed.values['help'] !== true && (length < least || length > most)) {
    const wanted = command.words === '' ? 'no words' : command.words;
    const found = length === 0 ? 'none was given' : `not "${parsed.positionals.join(' ')}"`;
    throw new Misuse(`mpmetrics ${command.name} takes ${wanted}, ${found}.`);
  }
  return parsed;
}

/** The message of `parseArgs`, with the valid options. */
function explained({ message }: Error, names: readonly string[]): string {
  const [sentence = message] = message.split(/\. (?=To specify)|\n/);
  const all = names.map((name) => `--${name}`).join(', ');
  const unknown = message.startsWith('Unknown option') ? ` There are: ${all}.` : '';
  return `${sentence.replace(/\.$/, '')}.${unknown}`;
}

/** The command of that name. Throws a `Misuse` with the names of all commands. @internal */
export function commandNamed(name: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name).join(', ');
  throw new Misuse(`There is no command "${name}". There are: ${names}.`);
}

/** The help of the whole program. @internal */
export function programHelp(commands: readonly Command[]): string {
  const lines = commands.map(({ name, words, summary }) => [`${name} ${words}`.trim(), summary]);
  return [
    'Shows the metrics of applications from outside, also of those that are blocked or have ended.',
    '',
    'Usage: mpmetrics COMMAND [OPTIONS]',
    '',
    ...columns(lines),
    '',
    'mpmetrics COMMAND --help tells more. NAME is the name of a heap, or of its application. Without one, it is the only',
    'heap, or that of the application in this folder.',
    'Exit codes: 0 all is well, 1 it is not there or not as it should be, 2 the command line makes no sense.',
    '',
  ].join('\n');
}

/** The help of a command. @internal */
export function commandHelp(command: Command): string {
  const { name, words, summary, notes } = command;
  const lines = Object.entries(optionsOf(command)).map(([option, about]) => {
    const value = about.choices?.join('|') ?? about.value;
    const short = about.short === undefined ? '    ' : `-${about.short}, `;
    return [`${short}--${option}${value === undefined ? '' : ` ${value}`}`, about.help];
  });
  return [
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    '',
    `Usage: mpmetrics ${name} [OPTIONS] ${words}`.trimEnd(),
    '',
    ...columns(lines),
    ...(notes === undefined ? [] : ['', notes]),
    '',
  ].join('\n');
}

/** Two columns, the second one aligned. */
function columns(lines: readonly (readonly string[])[]): string[] {
  const width = Math.max(...lines.map(([first = '']) => first.length));
  return lines.map(([first = '', second = '']) => `  ${first.padEnd(width)}  ${second}`);
}
