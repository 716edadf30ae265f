// Whether code runs for a `collect` function: a read that it makes belongs to the request under way, and asks nobody again.

import type { AsyncLocalStorage } from 'async_hooks';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';

/**
 * How long a function that is still pending counts, in milliseconds: longer than scrapes wait. While one counts, older versions of
 * Node.js track every promise of the application.
 */
const LONGEST = 1000;

let context: AsyncLocalStorage<true> | undefined;
let running = 0;

/** Runs `collect` functions, and returns what `run` does. @internal */
export function collecting<Result>(run: () => Result): Result {
  context ??= new (builtin.asyncHooks().AsyncLocalStorage)();
  running += 1;
  let pending: PromiseLike<unknown> | undefined;
  try {
    const result = context.run(true, run);
    if (isThenable(result)) pending = result;
    return result;
  } finally {
    if (pending === undefined) end();
    else endAfter(pending);
  }
}

/** Whether this is called from within `collecting`, at once or later. @internal */
export function isCollecting(): boolean {
  return running > 0 && context?.getStore() === true;
}

function endAfter(pending: PromiseLike<unknown>): void {
  let isOver = false;
  const once = (): void => {
    if (!isOver) end();
    isOver = true;
  };
  // Fake timers of test tools may give a number.
  (setTimeout(once, LONGEST) as { unref?: () => void }).unref?.();
  void pending.then(once, once);
}

function end(): void {
  running -= 1;
  if (running === 0) context?.disable();
}

/** Whether a result has to be awaited: it may be a promise of any kind. @internal */
export function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
