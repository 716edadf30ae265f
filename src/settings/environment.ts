// Settings in the environment of a process, and the error for all that is wrong with settings.

import { MpmetricsError } from '../../index';
import { DEFINITIONS, type Definition, type Settings } from './settings';

/** Whose names the HTTP metrics have by the environment alone: for code that reads no file. @internal */
export function httpNamesOfEnvironment(): Settings['httpNames'] {
  const problems: string[] = [];
  const value = fromEnvironment('httpNames', problems) ?? DEFINITIONS.httpNames.initial;
  if (problems.length > 0) throw refusal(problems);
  return value;
}

/**
 * The value of a variable; undefined where it is not set. An empty text sets nothing.
 *
 * @param problems Takes a sentence if the value is wrong.
 * @internal
 */
export function fromEnvironment<Wanted extends keyof Settings>(
  name: Wanted,
  problems: string[],
): Settings[Wanted] | undefined {
  const { variable, parse, isValid, words } = DEFINITIONS[name] as Definition<Settings[Wanted]>;
  const text = process.env[variable];
  if (!text) return undefined;
  const value = parse(text);
  if (isValid(value)) return value as Settings[Wanted];
  problems.push(`${variable}=${text} in the environment: ${variable} ${words}`);
  return undefined;
}

/** The error for everything that is wrong. @internal */
export function refusal(problems: readonly string[]): MpmetricsError {
  const what = problems.length === 1 ? 'A setting is' : `${problems.length} settings are`;
  const error = new MpmetricsError(
    'MPMETRICS_BAD_SETTING',
    `${what} wrong:\n- ${problems.join('\n- ')}`,
  );
  // The place in this package says nothing to an operator.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
