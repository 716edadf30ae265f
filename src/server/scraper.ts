// Scrapes for many clients: one at a time, shared by all requests for the same that came before it began.

import type { ExternalMetricsClient } from './external-metrics-client';
import { Expositions, type Exposition } from './exposition';
import { Refusal } from './limits';
import type { Shown } from './messages';
import type {
  FamilyValues,
  HeapInfo,
  HeapOptions,
  NativeHeap,
  ScrapeRequest,
  Turns,
} from '../heap/native';
import { awaitNative, callNative, observe } from '../heap/native';
import { isOpenMetrics } from '../heap/request';
import { extended } from '../present/joined';

/** The wishes of a client. @internal */
export type Wanted = Pick<ScrapeRequest, 'encoding' | 'samples' | 'collectWaitMs'>;

/** The part of the request that all scrapes share. @internal */
export type Constant = Pick<ScrapeRequest, 'own' | 'collectWaitMs'>;

/** Reads a heap for the clients of a server. @internal */
export class Scraper {
  #shown: Shown;
  readonly #constant: Constant;
  readonly #externalMetrics: ExternalMetricsClient;
  readonly #maxScrapes: number;
  /** How many scrapes have not ended. */
  #scrapes = 0;
  #heap: NativeHeap | undefined;
  /** The heap to which the id in `#shown` belongs. */
  #followed: NativeHeap | undefined;
  /** Scrapes that have not begun, by their requests. */
  readonly #waiting = new Map<string, Promise<Exposition>>();
  /** The end of the last requested scrape. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #expositions = new Expositions();

  /** @param maxScrapes The most scrapes in progress, those included that wait for others. */
  constructor(
    shown: Shown,
    constant: Constant,
    externalMetrics: ExternalMetricsClient,
    maxScrapes: number,
  ) {
    this.#shown = shown;
    this.#constant = constant;
    this.#externalMetrics = externalMetrics;
    this.#maxScrapes = maxScrapes;
  }

  /**
   * An exposition that is read after this call. A scrape that has begun is too early for it. Rejects if the heap cannot
   * be read as a whole, and with a `Refusal` if too many scrapes are in progress. Requests that share one count once.
   */
  async scrape(wanted: Wanted): Promise<Exposition> {
    const key = JSON.stringify([wanted.encoding, wanted.samples, wanted.collectWaitMs]);
    let scrape = this.#waiting.get(key);
    if (scrape === undefined) {
      if (this.#scrapes >= this.#maxScrapes) {
        throw new Refusal(`${this.#maxScrapes} scrapes are in progress, which is the limit`);
      }
      this.#scrapes += 1;
      scrape = this.#last.then(async () => {
        this.#waiting.delete(key);
        return this.#begin(wanted);
      });
      this.#waiting.set(key, scrape);
      // A scrape whose clients have given up still takes its place until it has ended.
      const end = (): void => {
        this.#scrapes -= 1;
      };
      this.#last = scrape.then(end, end);
    }
    return scrape;
  }

  /** The heap and registries that are shown. */
  get shown(): Shown {
    return this.#shown;
  }

  /** Shows other registries from the next scrape on, perhaps those of another heap. */
  show(shown: Shown): void {
    this.close();
    this.#shown = shown;
  }

  /** Whether a member of the heap has announced that server. */
  hasServer(number: bigint): boolean {
    const { heap: options } = this.#shown;
    try {
      return options !== null && (this.#heap ??= observe(options)).hasServer(number);
    } catch {
      // The next scrape will report the error.
      return false;
    }
  }

  /** Stops reading the heap. */
  close(): void {
    this.#heap?.close();
    this.#heap = undefined;
  }

  async #begin(wanted: Wanted): Promise<Exposition> {
    // Both at once: a blocked isolate delays both, but no longer than either of them.
    const [own, external] = await Promise.all([
      this.#read(wanted),
      this.#externalMetrics.expositions(wanted.encoding, wanted.collectWaitMs),
    ]);
    // A request for certain names gets those of the heap only.
    const shown = wanted.samples === undefined ? external : [];
    return this.#expositions.add(extended(own, shown, wanted.encoding.format));
  }

  async #read(wanted: Wanted): Promise<Buffer> {
    const read = await this.withHeap((heap) => {
      const registries = [...this.#shown.registries];
      return awaitNative(() => heap.scrape({ ...this.#constant, ...wanted, registries }));
    });
    return read ?? Buffer.from(isOpenMetrics(wanted.encoding.format) ? '# EOF\n' : '');
  }

  /**
   * The families with their values: those of the heap, with its own metrics, without external metrics. `samples` selects
   * some by name. Rejects if the heap cannot be read.
   */
  async families(samples?: string[]): Promise<FamilyValues[]> {
    const wanted = {
      encoding: { format: 'text' as const },
      own: true,
      ...(samples && { samples }),
    };
    const read = await this.withHeap((heap) => {
      const registries = [...this.#shown.registries];
      return awaitNative(() => heap.families({ ...this.#constant, ...wanted, registries }));
    });
    return read ?? [];
  }

  /** The families of external metrics: the present ones, or those of the last answer. */
  async externalFamilies(): Promise<readonly FamilyValues[]> {
    return this.#externalMetrics.families();
  }

  /**
   * The figures of the heap, and the event loops that do not turn within so many milliseconds. Undefined: metrics are
   * switched off. Rejects if the heap cannot be read.
   */
  async figures(wait: number): Promise<{ info: HeapInfo; turns: Turns } | undefined> {
    return this.withHeap(async (heap) => ({ info: heap.info(), turns: await heap.turns(wait) }));
  }

  /** Uses the heap, which is opened if necessary. Undefined: metrics are switched off. */
  async withHeap<Result>(use: (heap: NativeHeap) => Promise<Result>): Promise<Result | undefined> {
    const { heap: options } = this.#shown;
    if (options === null) return undefined;
    try {
      return await use(this.#open(options));
    } catch {
      // An observer does not keep the heap, which may have ended and been made again.
      this.close();
      return use(this.#open(options));
    }
  }

  #open(options: HeapOptions): NativeHeap {
    const heap = (this.#heap ??= observe(options));
    if (options.id === undefined) this.#follow(heap);
    return heap;
  }

  /** The next heap of a name has its own numbers for the registries, and may not have all of them yet. */
  #follow(heap: NativeHeap): void {
    if (heap !== this.#followed) {
      this.#shown = { ...this.#shown, id: callNative(() => heap.info()).id };
      this.#followed = heap;
    }
    const registries = this.#shown.keys.map(
      (key) => callNative(() => heap.findRegistry(key)) ?? -1,
    );
    this.#shown = { ...this.#shown, registries };
  }
}
