// Measuring calls: what `time`, `count`, `countExceptions` and `trackInProgress` of the metrics give back.
//
// It knows nothing of metrics and heaps: a metric hands in a callback that records, and gets an object that is a
// decorator, a wrapper and (for `time`) a running timer at once.

import { types } from 'util';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';

import { complainOnce, describeCall, observed, type Call } from './call';
import { methodInstrument, type MethodInstrument } from './decorate';
import { disposeSymbol, type Resource } from './disposable';

export type { Call } from './call';
export type { MethodInstrument } from './decorate';
export type { Resource } from './disposable';

/** Labels for what is measured: fixed ones, or a function that says them when a call has ended. */
export type CallLabels<Labels> = Labels | ((call: Call) => Labels);

/**
 * What `time()` gives: a decorator, a wrapper of functions, a timer that is already running, and a resource.
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
   * Stops the timer, records the seconds since `time()` was called, and returns them. It records once: stopped again,
   * it returns the same seconds, as it does after `using` has stopped it. `labels` are added to those given to
   * `time()`; labels that the metric does not have throw here, while `using`, decorator and wrapper only warn.
   */
  stop(labels?: Labels): number;
}

/** What `trackInProgress()` gives: a decorator, a wrapper of functions, and `start()` for anything else. */
export interface InProgressInstrument extends MethodInstrument {
  /**
   * Counts a piece of work as in progress until `stop()`, or until the block is left that declared it with `using`.
   *
   * ```ts
   * using working = active.trackInProgress().start();
   * ```
   */
  start(): WorkInProgress;
}

/** A piece of work that is in progress. */
export interface WorkInProgress extends Resource {
  /** Ends it. Further calls change nothing. */
  stop(): void;
}

/** A class whose instances are thrown. */
// oxlint-disable-next-line typescript/no-explicit-any -- what its constructor takes is of no concern here
export type ErrorClass = abstract new (...args: any[]) => unknown;

/** Which errors to count: those of a class, or those for which a function says yes. */
export type ExceptionFilter = ErrorClass | ((error: unknown) => boolean);

/**
 * Times calls. The clock starts at this call for `stop` and `using`, and at each call of what is decorated or wrapped.
 * A call that fails is recorded like any other.
 *
 * @param record Is told of each duration, in seconds. May throw for labels that the metric does not have.
 * @param labels Fixed labels, copied now; or a function, called when a call has ended.
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
 * Counts calls, failing ones too. With fixed labels a call counts when it begins, and its result is handed on as it
 * is. With a labels function it counts when it has ended, since the labels may depend on its result.
 *
 * @param record Is told of each call.
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
 * Counts calls that throw, or whose promise is rejected. The error goes on to the caller untouched.
 *
 * @param record Is told of each such call.
 * @param filters Which errors to count: those that any of them matches. Empty: all.
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
 * Tells how many calls are in progress: `enter` before each, `leave` after it has returned, thrown, or settled.
 *
 * @param enter Is told that a call begins. If it throws, `leave` is not told of that call.
 * @param leave Is told that it has ended, with the same labels.
 * @param labels Fixed labels, copied now; or a function, called before the call, so without result or error.
 * @internal
 */
export function inProgressInstrument<Labels extends object>(
  enter: (labels: Labels | undefined) => void,
  leave: (labels: Labels | undefined) => void,
  labels?: CallLabels<Labels>,
): InProgressInstrument {
  const complain = complainOnce();
  const fixed = typeof labels === 'function' ? undefined : copied(labels);
  /** Enters, and returns what leaves: nothing when entering failed. */
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
 * Seconds since a reading of `performance.now()`. The clock is looked up at each reading, so that fake timers are
 * seen; should they be taken away meanwhile, the time is 0 rather than negative.
 */
function secondsSince(started: number): number {
  const milliseconds = builtin.performance().now() - started;
  return milliseconds > 0 ? milliseconds / 1000 : 0;
}

/** The labels of a call as a function of it, whichever way they were given. */
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

/** Whether an error is meant, as a function, whichever way that was said. */
function matcher(filter: ExceptionFilter): (error: unknown) => boolean {
  if (!isClass(filter)) return filter as (error: unknown) => boolean;
  // An error of another realm (Jest runs tests in one) is an `Error` too.
  if (filter === Error) return (error) => error instanceof Error || types.isNativeError(error);
  return (error) => error instanceof filter;
}

/** Classes have a prototype that cannot be replaced, functions have a replaceable one or (arrows) none. */
function isClass(filter: ExceptionFilter): filter is ErrorClass {
  const prototype = Object.getOwnPropertyDescriptor(filter, 'prototype');
  return prototype?.writable === false || prototype?.value instanceof Error;
}
