// The `collect` functions of this isolate: run when a scrape in any process or thread asks for what only they know.

import { warn } from '../errors';
import { collecting, isThenable } from './request';
import { callNative, type NativeHeap } from './native';

/** A metric that may have a `collect` function. @internal */
export interface Collected {
  readonly name: string;
  collect?: (() => unknown) | undefined;
}

/**
 * Those of this isolate's metrics in one heap that have to be asked. While there are any, the heap knows, and scrapes
 * elsewhere wait for this isolate a moment; else nobody waits for anybody. An isolate that listens shows others by the way
 * whether its event loop turns. None of it keeps the process alive.
 * @internal
 */
export class Collectors {
  readonly #native: Pick<NativeHeap, 'onRequest' | 'answer'>;
  readonly #metrics = new Set<Collected>();
  /** Those that are on it, asynchronously. */
  readonly #running = new Map<Collected, Promise<void>>();

  #isListening = false;

  constructor(native: Pick<NativeHeap, 'onRequest' | 'answer'>) {
    this.#native = native;
  }

  /** Listens to requests though there is no metric to ask, from now on. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#offer();
  }

  /** Asks that metric, too, from now on. */
  add(metric: Collected): void {
    this.#metrics.add(metric);
    if (this.#metrics.size === 1) this.#offer();
  }

  /** Asks it no more. */
  delete(metric: Collected): void {
    if (this.#metrics.delete(metric) && this.#metrics.size === 0) this.#offer();
  }

  /** Where that fails, as in a heap that was closed, nobody can ask either. */
  #offer(): void {
    const collects = this.#metrics.size > 0;
    const listens = this.#isListening || collects;
    try {
      this.#native.onRequest(listens ? (request) => this.#answer(request) : null, collects);
    } catch (error) {
      if (collects) warn('MPMETRICS_COLLECT', 'No scrape elsewhere can ask this isolate.', error);
    }
  }

  /**
   * Runs all functions, each unless it is on it still, and says so when they are done. Who never is, is never waited for
   * again: that is the heap's business.
   */
  #answer(request: number): void {
    collecting(() => {
      for (const metric of this.#metrics) {
        if (!this.#running.has(metric)) this.#run(metric);
      }
      return this.#running.size > 0 ? Promise.all(this.#running.values()) : undefined;
    });
    const answer = (): void => {
      try {
        callNative(() => this.#native.answer(request));
      } catch {
        // The heap was closed meanwhile: nobody waits for an answer.
      }
    };
    if (this.#running.size === 0) answer();
    else void Promise.all(this.#running.values()).then(answer);
  }

  #run(metric: Collected): void {
    const pending = refresh(metric);
    if (pending === null) return;
    const run = pending.finally(() => this.#running.delete(metric));
    this.#running.set(metric, run);
  }
}

/** Runs a `collect` function. One that fails is reported once. Null when it is done. @internal */
export function refresh(metric: Collected): Promise<void> | null {
  try {
    const pending = metric.collect?.();
    if (!isThenable(pending)) return null;
    return Promise.resolve(pending).then(
      () => undefined,
      (error: unknown) => complain(metric, error),
    );
  } catch (error) {
    complain(metric, error);
    return null;
  }
}

const complained = new WeakSet<object>();

/** Tells the user once that a metric could not be collected. @internal */
export function complain(metric: { readonly name: string }, error: unknown): void {
  if (complained.has(metric)) return;
  complained.add(metric);
  warn(
    'MPMETRICS_COLLECT',
    `The metric ${metric.name} could not be collected for a scrape.`,
    error,
  );
}
