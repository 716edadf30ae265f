// What can go wrong, as errors with a `code`.

import { format } from 'util';

/** The mark of the errors of every copy of this package. */
const MARK: unique symbol = Symbol.for('mpmetrics.error');

/**
 * An error of this package. `code` says what happened in a word that does not change between versions, `message` what
 * to do about it.
 *
 * Where prom-client throws an error of its own (a bad label, a bad value, a name twice), so does this package: a plain
 * `Error`, `TypeError` or `RangeError` with prom-client's message, which carries a `code` as well.
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
  /** `MPMETRICS_` and what happened. */
  readonly code: string;

  /**
   * @param code `MPMETRICS_` and what happened.
   * @param message What happened and what to do about it.
   * @param options `cause`: the error behind this one.
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
 * Gives an error a code, and returns it. The code is not enumerable: test runners compare errors by what is.
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
 * Throws a `TypeError` for an option that there is not, which is most often one that is misspelt.
 *
 * @param subject What takes the options, such as `open()`.
 * @param known Those that it takes.
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
 * Tells the user something that is not worth an exception: metrics never take their application down.
 * @internal
 */
export function warn(code: string, message: string, detail?: unknown): void {
  process.emitWarning(message, {
    type: 'MpmetricsWarning',
    code,
    ...(detail instanceof Error && { detail: detail.message }),
  });
}
