// The errors of this package, each with a `code`.

import { format } from 'util';

/** The mark of the errors of every copy of this package. */
const MARK: unique symbol = Symbol.for('mpmetrics.error');

/**
 * An error of this package. The `code` names the fault, and does not change between versions. The `message` says what
 * happened and what to do.
 *
 * If prom-client throws an error of its own (a bad label, a bad value, a name twice), this package throws the same: a
 * plain `Error`, `TypeError` or `RangeError` with prom-client's message, and with a `code` as well.
 *
 * Several copies of this package may be loaded: `instanceof` is true for the errors of all of them.
 *
 * ```ts
 * try {
 *   open({ name: 'billing', mode: 'read' });
 * } catch (error) {
 *   if (error instanceof MpmetricsError && error.code === 'MPMETRICS_NO_SUCH_HEAP') return;
 *   throw error;
 * }
 * ```
 */
export class MpmetricsError extends Error {
  /** `MPMETRICS_` and the name of the fault. */
  readonly code: string;

  /**
   * Makes an error with a code. Applications need this in tests only.
   *
   * @param code `MPMETRICS_` and the name of the fault.
   * @param message The fault, and the remedy.
   * @param options `cause`: the error that led to this one.
   */
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MpmetricsError';
    this.code = code;
  }

  /** @internal */
  get [MARK](): true {
    return true;
  }

  /** Of a subclass, only its own errors are instances. @internal */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== MpmetricsError) return super[Symbol.hasInstance](value);
    return typeof value === 'object' && value !== null && MARK in value;
  }
}

/**
 * Adds a code to an error, and returns the error. The code is not enumerable, because test runners compare the
 * enumerable properties of errors.
 * @internal
 */
export function coded<Thrown extends Error>(
  error: Thrown,
  code: string,
): Thrown & { code: string } {
  return Object.defineProperty(error, 'code', { value: code }) as Thrown & { code: string };
}

/** The error for a value that is no number, in prom-client's words. @internal */
export function notANumber(value: unknown, what: 'Value' | 'Delta' = 'Value'): TypeError {
  return coded(
    new TypeError(`${what} is not a valid number: ${format(value)}`),
    'MPMETRICS_INVALID_VALUE',
  );
}

/**
 * Throws a `TypeError` for an unknown option, which is usually a misspelt one.
 *
 * @param subject The function with the options, such as `open()`.
 * @param known The names of its options.
 * @internal
 */
export function requireKnownOptions(
  subject: string,
  options: object,
  known: readonly string[],
): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw coded(
    new TypeError(`There is no option "${unknown}" of ${subject}. It takes: ${known.join(', ')}`),
    'MPMETRICS_BAD_ARGUMENT',
  );
}

/**
 * Warns the user of a fault that is no reason for an exception: metrics never take their application down.
 * @internal
 */
export function warn(code: string, message: string, detail?: unknown): void {
  const text = messageOf(detail);
  process.emitWarning(message, {
    type: 'MpmetricsWarning',
    code,
    ...(text !== undefined && { detail: text }),
  });
}

/** The message of an error. Code of the application may have thrown anything, so even a look at it may throw. */
function messageOf(error: unknown): string | undefined {
  try {
    const text: unknown = error instanceof Error ? error.message : undefined;
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
