// The `collect` functions of this isolate, which run when any process or thread scrapes.

import { warn } from '../errors';
import { collecting, isThenable } from './request';
import { callNative, type NativeHeap } from './native';

/** A metric that may have a `collect` function. @internal */
export interface Collected {
  readonly name: string;
  collect?: (() => unknown) | undefined;
}

/**
 * The metrics of this isolate in one heap that have a `collect` function. While there are any, scrapes of other
 * isolates ask this one, and wait for it for a moment. An isolate that listens also shows whether its event loop turns.
 * Neither keeps the process alive.
 * @internal
 */
export class Collectors {
  readonly #native: Pick<NativeHeap, 'onRequest' | 'answer'>;
  readonly #metrics = new Set<Collected>();
  /** The asynchronous functions that have not finished. */
  readonly #running = new Map<Collected, Promise<void>>();

  #isListening = false;

  constructor(native: Pick<NativeHeap, 'onRequest' | 'answer'>) {
    this.#native = native;
  }

  /** From now on, listens to requests even without a metric to collect. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#offer();
  }

  /** From now on, collects this metric at each request. */
  add(metric: Collected): void {
    this.#metrics.add(metric);
    if (this.#metrics.size === 1) this.#offer();
  }

  /** Collects this metric no more. */
  delete(metric: Collected): void {
    if (this.#metrics.delete(metric) && this.#metrics.size === 0) this.#offer();
  }

  /** After a failure, as in a closed heap, no other isolate can ask this one. */
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
   * Runs all functions that are not still running, and answers the request when they are done. The heap sees to it that
   * no scrape waits for a function that never ends.
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
        // The heap was closed meanwhile, so no scrape waits for the answer.
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

/** Runs a `collect` function. A failure is reported once. Returns null if the function has finished. @internal */
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

/** Warns once that a metric could not be collected. @internal */
export function complain(metric: { readonly name: string }, error: unknown): void {
  if (complained.has(metric)) return;
  complained.add(metric);
  warn(
    'MPMETRICS_COLLECT',
    `The metric ${metric.name} could not be collected for a scrape.`,
    error,
  );
}
