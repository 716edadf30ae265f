// One call of an instrumented function: what is known of it, and how its outcome is followed.

import { types } from 'util';

import { warn } from '../errors';

/**
 * What a labels function is told of a call. After a call that returned (or resolved) there is a `result`, after one
 * that threw (or rejected) an `error`.
 *
 * The type parameters are there to be named by those who want them checked:
 *
 * ```ts
 * latency.time((call: Call<Service, [Request], Response>) => ({ code: call.result?.status ?? 500 }));
 * ```
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the function is not known yet when its labels are written
export interface Call<This = any, Arguments extends readonly unknown[] = any, Result = any> {
  /** What the function was called on. */
  readonly this: This;
  /** What it was called with. */
  readonly args: Arguments;
  /** What it returned, or what its promise resolved to. Absent when it failed. */
  readonly result?: Result;
  /** What it threw, or what its promise was rejected with. Absent when it succeeded. */
  readonly error?: unknown;
}

/** Any function, as far as a wrapper needs to know it. @internal */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** What an instrument does around each call. Neither function may throw: a measurement must not fail a call. @internal */
export interface Observer<Token> {
  /** Runs before the call. What it returns is handed to `end`. */
  begin(self: unknown, args: unknown[]): Token;
  /** Runs when the call has ended: `outcome` is its result or, if `failed`, its error. */
  end(token: Token, self: unknown, args: unknown[], failed: boolean, outcome: unknown): void;
}

/**
 * Wraps a function so that each call of it is observed, and changes nothing else about the call.
 *
 * A native promise is followed by handing on the promise chained to it: were it followed at its side, its rejection
 * would count as handled, and `unhandledRejection` would no longer fire. Any other thenable is handed on untouched,
 * and the call ends when it returns: `then` of a lazy query runs the query, so asking for it would run it twice.
 * @internal
 */
export function observed<Token>(method: AnyFunction, observer: Observer<Token>): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const token = observer.begin(this, args);
    let result: unknown;
    try {
      result = method.apply(this, args);
    } catch (error) {
      observer.end(token, this, args, true, error);
      throw error;
    }
    if (isPlainPromise(result)) {
      return result.then(
        (value) => {
          observer.end(token, this, args, false, value);
          return value;
        },
        (error: unknown) => {
          observer.end(token, this, args, true, error);
          throw error;
        },
      );
    }
    observer.end(token, this, args, false, result);
    return result;
  };
}

// Taken from an async function: the global `Promise` may have been replaced by a tracing library.
const promisePrototype: object = Object.getPrototypeOf((async () => undefined)());

/**
 * Whether a value is a promise of the language that carries nothing else. A subclass may be lazy, and a promise with
 * properties (`cancel`, `json`) would lose them in its chained promise, so both are left alone.
 */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return (
    (prototype === promisePrototype || isForeignPromise(value, prototype)) &&
    // Enumerable names only: Node hangs symbols of its own on the promises that it tracks.
    Object.keys(value).length === 0
  );
}

/** Whether a value is a promise of another realm (Jest runs tests in one): its prototype's is that realm's `Object`'s. */
function isForeignPromise(value: object, prototype: object | null): boolean {
  return types.isPromise(value) && Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null;
}

/** What a labels function is given, made of what an observer is told. @internal */
export function describeCall(
  self: unknown,
  args: unknown[],
  failed: boolean,
  outcome: unknown,
): Call {
  return failed ? { this: self, args, error: outcome } : { this: self, args, result: outcome };
}

/**
 * A function that reports, once for each instrument, that its calls cannot be measured. The application goes on: it
 * is told by a warning, never by an exception in the middle of a call.
 * @internal
 */
export function complainOnce(): (error: unknown) => void {
  let complained = false;
  return (error) => {
    if (complained) return;
    complained = true;
    warn('MPMETRICS_NOT_MEASURED', `A call could not be measured: ${reasonOf(error)}`);
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
