// The health of the application: whether its event loops turn, and whether the page shows all of it.

import type { HeapInfo, NativeHeap, Turns } from '../heap/native';
import { awaitNative, callNative } from '../heap/native';

/** The path that tells whether the event loops of all processes and threads turn. @internal */
export const HEALTHY_PATH = '/-/healthy';
/** The path that tells whether the heap is joined, and the page whole. @internal */
export const READY_PATH = '/-/ready';

/** The longest wait for event loops, in seconds. */
const LONGEST_WAIT = 1;

/** An answer as JSON. @internal */
export interface Report {
  readonly status: 200 | 503;
  readonly body: object;
}

/** Uses a heap that may have to be opened again. Undefined: metrics are switched off. @internal */
export type UseHeap = <Result>(
  use: (heap: NativeHeap) => Promise<Result>,
) => Promise<Result | undefined>;

/** An event loop that does not turn. */
interface Blocked {
  /** The last request that it has followed. */
  readonly turned: number;
  /** When the first question was asked that it has not followed, in milliseconds. */
  readonly since: number;
}

/** The health of the application with that heap. @internal */
export class Health {
  readonly #use: UseHeap;
  readonly #maxBlocked: number;
  /** By slot and incarnation. */
  #blocked: ReadonlyMap<string, Blocked> = new Map();
  /** The answer that is being made, which serves all requests meanwhile. */
  #asking: Promise<Report> | undefined;

  /** @param maxBlockedSeconds The longest time for which an event loop may be blocked. */
  constructor(use: UseHeap, maxBlockedSeconds: number) {
    this.#use = use;
    this.#maxBlocked = maxBlockedSeconds;
  }

  /** Whether all event loops turn, with the names of the blocked ones. Never rejects. */
  async healthy(): Promise<Report> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** Whether the heap can be read, and the page shows all of the application. Never rejects. */
  async ready(): Promise<Report> {
    try {
      const found = await this.#use(async (heap) => ({
        heap: callNative(() => heap.info()),
        partial: await reasonsOf(heap),
      }));
      if (found === undefined) return report(true, 'ready', { heap: null, partial: [] });
      const { partial, heap } = found;
      return report(partial.length === 0, 'ready', { heap: titleOf(heap), partial });
    } catch (error) {
      return report(false, 'ready', { error: (error as Error).message });
    }
  }

  async #ask(): Promise<Report> {
    const asked = performance.now();
    const wait = 1000 * Math.min(this.#maxBlocked, LONGEST_WAIT);
    try {
      const turns = await this.#use(async (heap) => awaitNative(() => heap.turns(wait)));
      const blocked = this.#noted(turns?.blocked ?? [], asked);
      const isHealthy = blocked.every(({ seconds }) => seconds < this.#maxBlocked);
      return report(isHealthy, 'healthy', {
        maxBlockedSeconds: this.#maxBlocked,
        eventLoops: turns?.asked ?? 0,
        blocked,
      });
    } catch (error) {
      return report(false, 'healthy', { error: (error as Error).message });
    }
  }

  /** For how long each event loop has been blocked at least. One that has turned since the last question begins anew. */
  #noted(
    blocked: Turns['blocked'],
    asked: number,
  ): { pid: number; thread: number; seconds: number }[] {
    const now = performance.now();
    const noted = new Map<string, Blocked>();
    const found = blocked.map(({ slot, incarnation, pid, thread, turned }) => {
      const key = `${slot}:${incarnation}`;
      const before = this.#blocked.get(key);
      const since = before?.turned === turned ? before.since : asked;
      noted.set(key, { turned, since });
      return { pid, thread, seconds: Math.round(now - since) / 1000 };
    });
    this.#blocked = noted;
    return found;
  }
}

/** The reasons why the page shows a part of the application only. */
async function reasonsOf(heap: NativeHeap): Promise<string[]> {
  const request = {
    registries: [],
    encoding: { format: 'text' as const },
    own: true,
    samples: ['mpmetrics_partial'],
  };
  const [partial] = await awaitNative(() => heap.families(request));
  const series = partial?.series.filter(({ value }) => value === 1) ?? [];
  return series.map(({ labels }) => labels[1] as string);
}

function titleOf({ name, id }: HeapInfo): string {
  return name ?? id;
}

function report(isGood: boolean, what: 'healthy' | 'ready', facts: object): Report {
  const body = { status: isGood ? what : `not ${what}`, ...facts };
  return { status: isGood ? 200 : 503, body };
}
