// Settings in the environment, and the error for invalid settings.

import { MpmetricsError } from '../../index';
import { DEFINITIONS, type Definition, type Settings } from './settings';

/** The choice of HTTP names in the environment, for code that reads no file. @internal */
export function httpNamesOfEnvironment(): Settings['httpNames'] {
  const problems: string[] = [];
  const value = fromEnvironment('httpNames', problems) ?? DEFINITIONS.httpNames.initial;
  if (problems.length > 0) throw refusal(problems);
  return value;
}

/**
 * The value of a variable. Undefined if it is unset or empty, or sets nothing.
 *
 * @param problems Gets a sentence if the value is invalid.
 * @internal
 */
export function fromEnvironment<Wanted extends keyof Settings>(
  name: Wanted,
  problems: string[],
): Settings[Wanted] | undefined {
  const { variable, parse, isValid, words, isSecret } = DEFINITIONS[name] as Definition<
    Settings[Wanted]
  >;
  const text = process.env[variable];
  if (!text) return undefined;
  const value = parse(text);
  if (value === undefined || isValid(value)) return value as Settings[Wanted] | undefined;
  problems.push(`${variable}=${isSecret ? '…' : text} in the environment: ${variable} ${words}`);
  return undefined;
}

/** The error for all invalid settings together. @internal */
export function refusal(problems: readonly string[]): MpmetricsError {
  const what = problems.length === 1 ? 'A setting is' : `${problems.length} settings are`;
  const error = new MpmetricsError(
    'MPMETRICS_BAD_SETTING',
    `${what} wrong:\n- ${problems.join('\n- ')}`,
  );
  // A stack trace within this package does not help an operator.
  error.stack = `${error.name}: ${error.message}`;
  return error;
}
