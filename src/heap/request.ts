// Requests to read a heap. A request from within a `collect` function is part of the present scrape, and asks no
// isolate again.

import type { AsyncLocalStorage } from 'async_hooks';
// oxlint-disable-next-line import/default -- the compiler makes one of `export =`
import builtin from '../builtin.cjs';
import { monotonic } from './clock';
import { awaitNative, type FamilyValues, type NativeHeap, type ScrapeRequest } from './native';

/** A format of exposition with its options, as the binding calls them. @internal */
export type Encoding = ScrapeRequest['encoding'];

/**
 * A format of exposition. Of the two dialects of OpenMetrics 1.0.0, `openmetrics` keeps its specification to the letter, and
 * `openmetrics-prom-client` is that of prom-client's API. @internal
 */
export type Format = Encoding['format'];

/** Whether a format is OpenMetrics. @internal */
export function isOpenMetrics(format: Format): boolean {
  return format.startsWith('openmetrics');
}

/** The selection and arrangement of families. @internal */
export type View = Pick<ScrapeRequest, 'names' | 'whole' | 'known' | 'own' | 'collectWaitMs'>;

/** The registries of one heap that a request reads. @internal */
export interface Scope {
  readonly native: NativeHeap;
  /** Their numbers. */
  readonly registries: number[];
}

/** The text of the families in those registries. Many cells are read off the event loop. @internal */
export async function readText(scope: Scope, encoding: Encoding, view?: View): Promise<string> {
  return awaitNative(() => scope.native.scrapeText(requestFor(scope, encoding, view)));
}

/** The same as bytes. @internal */
export async function readBytes(scope: Scope, encoding: Encoding, view?: View): Promise<Buffer> {
  return awaitNative(() => scope.native.scrape(requestFor(scope, encoding, view)));
}

/** The families in those registries as data. @internal */
export async function readFamilies(scope: Scope, view?: View): Promise<FamilyValues[]> {
  return awaitNative(() => scope.native.families(requestFor(scope, { format: 'text' }, view)));
}

/** The request carries the clock of this isolate, because fake timers may have replaced it. */
function requestFor({ registries }: Scope, encoding: Encoding, view?: View): ScrapeRequest {
  const asked = isCollecting() ? { collectWaitMs: 0 } : {};
  return { registries, encoding, monotonic: monotonic(), ...view, ...asked };
}

/**
 * The longest time in milliseconds for which a pending function counts, which is longer than scrapes wait. While one
 * counts, older versions of Node.js track every promise of the application.
 */
const LONGEST = 1000;

let context: AsyncLocalStorage<true> | undefined;
let running = 0;

/** Runs `collect` functions, and returns the result of `run`. @internal */
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

/** Whether the call comes from within `collecting`, now or in a later turn of the event loop. */
function isCollecting(): boolean {
  return running > 0 && context?.getStore() === true;
}

function endAfter(pending: PromiseLike<unknown>): void {
  let isOver = false;
  const once = (): void => {
    if (!isOver) end();
    isOver = true;
  };
  // Fake timers of test tools may return a number.
  (setTimeout(once, LONGEST) as { unref?: () => void }).unref?.();
  void pending.then(once, once);
}

function end(): void {
  running -= 1;
  if (running === 0) context?.disable();
}

/** Whether a result must be awaited: a promise of any kind. @internal */
export function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
