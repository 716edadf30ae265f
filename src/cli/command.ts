// A command: its name, its options, and its action. The help and the completions are made from these.

/** One option. @internal */
export interface Option {
  /** Whether a text follows the option. */
  readonly type: 'string' | 'boolean';
  /** The letter of the short form. */
  readonly short?: string;
  /** The placeholder of the text in the help, such as `SECONDS`. */
  readonly value?: string;
  /** Whether the option may be given several times. */
  readonly isRepeatable?: boolean;
  /** The valid texts, if there are few. */
  readonly choices?: readonly string[];
  /** The description, in a line. */
  readonly help: string;
}

/** The options and words of a command line. @internal */
export interface Given {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** A command of the program. @internal */
export interface Command {
  readonly name: string;
  /** The description, in a line. */
  readonly summary: string;
  /** The words after the name, such as `[NAME|PID]`. */
  readonly words: string;
  /** The least and the greatest number of these words. */
  readonly count: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, Option>>;
  /** Further notes, below the options. */
  readonly notes?: string;
  /** Runs it, and resolves to the exit code. */
  run(given: Given): Promise<number>;
}

/** The exit code for success. @internal */
export const WELL = 0;
/** The exit code if something is missing or wrong. @internal */
export const FAULT = 1;
/** The exit code for an invalid command line. @internal */
export const MISUSE = 2;

/** The error for an invalid command line. @internal */
export class Misuse extends Error {
  /** Its code. */
  readonly code = 'MPMETRICS_BAD_ARGUMENT';
}

/** The text of an option; undefined if it was not given. @internal */
export function textOf(given: Given, name: string): string | undefined {
  const value = given.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of an option that may be given several times. @internal */
export function textsOf(given: Given, name: string): readonly string[] {
  const value = given.values[name];
  return typeof value === 'object' ? value : [];
}

/** Whether an option was given. @internal */
export function isSet(given: Given, name: string): boolean {
  return given.values[name] === true;
}

/**
 * The number of an option. Throws a `Misuse` if the text is no number, or out of range.
 *
 * @param initial The number if the option was not given.
 * @internal
 */
export function numberOf(
  given: Given,
  name: string,
  initial: number,
  [least, most]: readonly [number, number],
): number {
  const text = textOf(given, name);
  if (text === undefined) return initial;
  const number = text.trim() === '' ? NaN : Number(text);
  if (number >= least && number <= most) return number;
  throw new Misuse(`--${name} takes a number from ${least} to ${most}, not "${text}".`);
}

/** One of the choices of an option. Throws a `Misuse` for any other text. @internal */
export function choiceOf(given: Given, name: string, option: Option, initial: string): string {
  const text = textOf(given, name) ?? initial;
  const { choices = [] } = option;
  if (choices.includes(text)) return text;
  throw new Misuse(`--${name} takes ${listed(choices)}, not "${text}".`);
}

/** Words as a list in a sentence. @internal */
export function listed(words: readonly string[], last = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
