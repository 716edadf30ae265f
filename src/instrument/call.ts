// One call of an instrumented function: its description, and the observation of its outcome.

import { types } from 'util';

import { warn } from '../errors';

/**
 * The description of a call, for a labels function. A call that returned (or resolved) has a `result`. A call that
 * threw (or rejected) has an `error`.
 *
 * Name the type parameters if they should be checked:
 *
 * ```ts
 * latency.time((call: Call<Service, [Request], Response>) => ({ code: call.result?.status ?? 500 }));
 * ```
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the function is not known yet when its labels are written
export interface Call<This = any, Arguments extends readonly unknown[] = any, Result = any> {
  /** The receiver of the call. */
  readonly this: This;
  /** The arguments. */
  readonly args: Arguments;
  /** The returned value, or the value of the resolved promise. Absent if the call failed. */
  readonly result?: Result;
  /** The thrown error, or the reason of the rejected promise. Absent if the call succeeded. */
  readonly error?: unknown;
}

/** Any function, in the form that a wrapper needs. @internal */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * The actions of an instrument around each call. Neither may throw, because a measurement must not fail a call.
 * @internal
 */
export interface Observer<Token> {
  /** Runs before the call. `end` gets the result. */
  begin(self: unknown, args: unknown[]): Token;
  /** Runs when the call has ended: `outcome` is its result or, if `failed`, its error. */
  end(token: Token, self: unknown, args: unknown[], failed: boolean, outcome: unknown): void;
}

/**
 * Wraps a function, so that each of its calls is observed and otherwise unchanged.
 *
 * For a native promise, the caller gets the promise that is chained to it. A separate chain would mark a rejection as
 * handled, and suppress `unhandledRejection`. For any other thenable, the call ends when it returns, and the caller
 * gets the thenable itself: `then` of a lazy query runs the query, so calling it here would run the query twice.
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

// From an async function, because a tracing library may have replaced the global `Promise`.
const promisePrototype: object = Object.getPrototypeOf((async () => undefined)());

/**
 * Whether a value is a plain promise of the language. A subclass may be lazy, and a promise with properties (`cancel`,
 * `json`) would lose them in the chained promise. So neither is chained.
 */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return (
    (prototype === promisePrototype || isForeignPromise(value, prototype)) &&
    // Enumerable names only, because Node adds symbols to promises that it tracks.
    Object.keys(value).length === 0
  );
}

/**
 * Whether a value is a promise of another realm, such as Jest's. The prototype of its prototype is that realm's
 * `Object.prototype`.
 */
function isForeignPromise(value: object, prototype: object | null): boolean {
  return types.isPromise(value) && Object.getPrototypeOf(Object.getPrototypeOf(prototype)) === null;
}

/** The description of a call for a labels function, from the arguments of an observer. @internal */
export function describeCall(
  self: unknown,
  args: unknown[],
  failed: boolean,
  outcome: unknown,
): Call {
  return failed ? { this: self, args, error: outcome } : { this: self, args, result: outcome };
}

/**
 * Returns a function that warns, once for each instrument, that calls cannot be measured. A call itself never fails for
 * this reason.
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
