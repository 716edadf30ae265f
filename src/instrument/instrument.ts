// The measurement of calls: the results of `time`, `count`, `countExceptions` and `trackInProgress` of the metrics.
//
// This file knows neither metrics nor heaps. A metric passes a callback that records, and gets one object that is a
// decorator, a wrapper and (for `time`) a running timer.

import { types } from 'util';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';

import { complainOnce, describeCall, observed, type Call } from './call';
import { methodInstrument, type MethodInstrument } from './decorate';
import { disposeSymbol, type Resource } from './disposable';

export type { Call } from './call';
export type { MethodInstrument } from './decorate';
export type { Resource } from './disposable';

/** Labels for calls: fixed ones, or a function that returns them after a call. */
export type CallLabels<Labels> = Labels | ((call: Call) => Labels);

/**
 * The result of `time()`: a decorator, a wrapper of functions, a running timer, and a resource for `using`.
 *
 * ```ts
 * class Service {
 *   @latency.time({ route: '/users' }) async users() {}      // each call, until its promise settles
 * }
 * const handle = latency.time((call) => ({ route: call.args[0].path }))(async (request) => {});
 * const timer = latency.time();
 * timer.stop({ route: '/users' });                           // seconds since time() was called
 * {
 *   using timer = latency.time({ route: '/users' });             // until the block is left
 * }
 * ```
 */
export interface TimeInstrument<Labels extends object> extends MethodInstrument, Resource {
  /**
   * Stops the timer, records the seconds since `time()`, and returns them. A second call, or a call after `using`,
   * records nothing and returns the same seconds. `labels` are added to those of `time()`. Undeclared labels throw
   * here, while `using`, decorator and wrapper only warn.
   */
  stop(labels?: Labels): number;
}

/** The result of `trackInProgress()`: a decorator, a wrapper of functions, and `start()` for other work. */
export interface InProgressInstrument extends MethodInstrument {
  /**
   * Counts work as in progress until `stop()`, or until the end of its `using` block.
   *
   * ```ts
   * using working = active.trackInProgress().start();
   * ```
   */
  start(): WorkInProgress;
}

/** Work in progress. */
export interface WorkInProgress extends Resource {
  /** Ends the work. Further calls change nothing. */
  stop(): void;
}

/** A class whose instances are thrown. */
// oxlint-disable-next-line typescript/no-explicit-any -- what its constructor takes is of no concern here
export type ErrorClass = abstract new (...args: any[]) => unknown;

/** A selection of errors: a class, or a predicate. */
export type ExceptionFilter = ErrorClass | ((error: unknown) => boolean);

/**
 * Times calls. For `stop` and `using`, the time starts now. For a decorated or wrapped function, it starts at each
 * call. Failed calls are recorded like others.
 *
 * @param record Gets each duration, in seconds. May throw for undeclared labels.
 * @param labels Fixed labels, copied now; or a function, called after each call.
 * @internal
 */
export function timeInstrument<Labels extends object>(
  record: (seconds: number, labels: Labels | undefined) => void,
  labels?: CallLabels<Labels>,
): TimeInstrument<Labels> {
  const created = builtin.performance().now();
  const labelled = labelling(labels);
  const complain = complainOnce();
  const instrument = methodInstrument((method) =>
    observed<number>(method, {
      begin: () => builtin.performance().now(),
      end(started, self, args, failed, outcome) {
        const seconds = secondsSince(started);
        try {
          record(seconds, labelled(self, args, failed, outcome));
        } catch (error) {
          complain(error);
        }
      },
    }),
  ) as TimeInstrument<Labels>;

  let stopped: number | undefined;
  instrument.stop = (added) => {
    if (stopped === undefined) {
      stopped = secondsSince(created);
      const given = labelled(undefined, [], false, undefined);
      record(stopped, added === undefined ? given : { ...given, ...added });
    }
    return stopped;
  };
  instrument[disposeSymbol()] = () => {
    try {
      instrument.stop();
    } catch (error) {
      complain(error);
    }
  };
  return instrument;
}

/**
 * Counts calls, including failed ones. With fixed labels, a call counts when it begins, and its result is passed on
 * unchanged. With a labels function, a call counts when it has ended, because the labels may depend on the result.
 *
 * @param record Gets each call.
 * @internal
 */
export function countInstrument<Labels extends object>(
  record: (labels: Labels | undefined) => void,
  labels?: CallLabels<Labels>,
): MethodInstrument {
  const labelled = labelling(labels);
  const complain = complainOnce();
  const count = (self: unknown, args: unknown[], failed: boolean, outcome: unknown): void => {
    try {
      record(labelled(self, args, failed, outcome));
    } catch (error) {
      complain(error);
    }
  };
  if (typeof labels === 'function') {
    return methodInstrument((method) =>
      observed(method, {
        begin: () => undefined,
        end: (_, self, args, failed, outcome) => count(self, args, failed, outcome),
      }),
    );
  }
  return methodInstrument(
    (method) =>
      function (this: unknown, ...args: unknown[]): unknown {
        count(this, args, false, undefined);
        return method.apply(this, args);
      },
  );
}

/**
 * Counts calls that throw or reject. The error is passed on unchanged.
 *
 * @param record Gets each such call.
 * @param filters The errors that count: at least one filter matches. Empty: all errors.
 * @internal
 */
export function countExceptionsInstrument<Labels extends object>(
  record: (labels: Labels | undefined) => void,
  filters: readonly ExceptionFilter[],
  labels?: CallLabels<Labels>,
): MethodInstrument {
  const labelled = labelling(labels);
  const complain = complainOnce();
  const matches = filters.map(matcher);
  return methodInstrument((method) =>
    observed(method, {
      begin: () => undefined,
      end(_, self, args, failed, outcome) {
        if (!failed) return;
        try {
          if (matches.length > 0 && !matches.some((match) => match(outcome))) return;
          record(labelled(self, args, failed, outcome));
        } catch (error) {
          complain(error);
        }
      },
    }),
  );
}

/**
 * Tracks calls in progress: `enter` runs before each call, and `leave` after its end.
 *
 * @param enter Runs when a call begins. If it throws, `leave` does not run for this call.
 * @param leave Runs when the call has ended, with the same labels.
 * @param labels Fixed labels, copied now; or a function, called before each call, without result or error.
 * @internal
 */
export function inProgressInstrument<Labels extends object>(
  enter: (labels: Labels | undefined) => void,
  leave: (labels: Labels | undefined) => void,
  labels?: CallLabels<Labels>,
): InProgressInstrument {
  const complain = complainOnce();
  const fixed = typeof labels === 'function' ? undefined : copied(labels);
  /** Runs `enter`, and returns the call of `leave`; undefined if `enter` failed. */
  const begin = (self: unknown, args: unknown[]): (() => void) | undefined => {
    try {
      const given = typeof labels === 'function' ? labels({ this: self, args }) : fixed;
      enter(given);
      return () => leave(given);
    } catch (error) {
      complain(error);
      return undefined;
    }
  };
  const end = (left: (() => void) | undefined): void => {
    try {
      left?.();
    } catch (error) {
      complain(error);
    }
  };
  const instrument = methodInstrument((method) =>
    observed(method, { begin, end }),
  ) as InProgressInstrument;
  instrument.start = () => {
    let left = begin(undefined, []);
    const stop = (): void => {
      end(left);
      left = undefined;
    };
    return { stop, [disposeSymbol()]: stop } as WorkInProgress;
  };
  return instrument;
}

/**
 * Seconds since a value of `performance.now()`. The clock is looked up at each reading, so that fake timers apply. If
 * fake timers are removed meanwhile, the result is 0 instead of a negative number.
 */
function secondsSince(started: number): number {
  const milliseconds = builtin.performance().now() - started;
  return milliseconds > 0 ? milliseconds / 1000 : 0;
}

/** The labels of a call as a function, whether they are fixed or not. */
function labelling<Labels extends object>(
  labels: CallLabels<Labels> | undefined,
): (self: unknown, args: unknown[], failed: boolean, outcome: unknown) => Labels | undefined {
  if (typeof labels === 'function') {
    return (self, args, failed, outcome) => labels(describeCall(self, args, failed, outcome));
  }
  const fixed = copied(labels);
  return () => fixed;
}

function copied<Labels extends object>(labels: Labels | undefined): Labels | undefined {
  return labels === undefined ? undefined : { ...labels };
}

/** A filter as a predicate, whether it is a class or not. */
function matcher(filter: ExceptionFilter): (error: unknown) => boolean {
  if (!isClass(filter)) return filter as (error: unknown) => boolean;
  // An error of another realm, such as Jest's, is an `Error` too.
  if (filter === Error) return (error) => error instanceof Error || types.isNativeError(error);
  return (error) => error instanceof filter;
}

/** The prototype of a class is not writable. That of a function is, and an arrow function has none. */
function isClass(filter: ExceptionFilter): filter is ErrorClass {
  const prototype = Object.getOwnPropertyDescriptor(filter, 'prototype');
  return prototype?.writable === false || prototype?.value instanceof Error;
}
