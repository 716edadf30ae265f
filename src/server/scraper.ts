// Scrapes for many: one at a time, shared by all who ask for the same before it begins.

import type { Asking } from './asking';
import { Expositions, type Exposition } from './exposition';
import type { Shown } from './messages';
import type { HeapOptions, NativeHeap, ScrapeRequest } from '../heap/native';
import { awaitNative, callNative, observe } from '../heap/native';
import { isOpenMetrics } from '../heap/request';
import { extended } from '../present/joined';

/** What a client wants to see. @internal */
export type Wanted = Pick<ScrapeRequest, 'encoding' | 'samples'>;

/** What is the same in all scrapes. @internal */
export type Constant = Omit<ScrapeRequest, keyof Wanted | 'registries'>;

/** Reads a heap for the clients of a server. @internal */
export class Scraper {
  #shown: Shown;
  readonly #constant: Constant;
  readonly #asking: Asking;
  #heap: NativeHeap | undefined;
  /** The heap that the id is of, where the next one of the name may follow. */
  #followed: NativeHeap | undefined;
  /** Scrapes that have not begun. */
  readonly #waiting = new Map<string, Promise<Exposition>>();
  /** The end of the last scrape that was asked for. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #expositions = new Expositions();

  constructor(shown: Shown, constant: Constant, asking: Asking) {
    this.#shown = shown;
    this.#constant = constant;
    this.#asking = asking;
  }

  /**
   * The exposition, as it is after this call: a scrape that has begun is no answer to those who ask now. Rejects when
   * the heap cannot be read as a whole.
   */
  async scrape(wanted: Wanted): Promise<Exposition> {
    const key = JSON.stringify([wanted.encoding, wanted.samples]);
    let scrape = this.#waiting.get(key);
    if (scrape === undefined) {
      scrape = this.#last.then(async () => {
        this.#waiting.delete(key);
        return this.#begin(wanted);
      });
      this.#waiting.set(key, scrape);
      this.#last = scrape.catch(() => undefined);
    }
    return scrape;
  }

  /** What is shown. */
  get shown(): Shown {
    return this.#shown;
  }

  /** Shows something else from the next scrape on: other registries, perhaps in another heap. */
  show(shown: Shown): void {
    this.close();
    this.#shown = shown;
  }

  /** Whether a member of the heap has started that server. */
  hasServer(number: bigint): boolean {
    const { heap: options } = this.#shown;
    try {
      return options !== null && (this.#heap ??= observe(options)).hasServer(number);
    } catch {
      // Then the scrapes say what is wrong with it.
      return false;
    }
  }

  /** Stops reading the heap. */
  close(): void {
    this.#heap?.close();
    this.#heap = undefined;
  }

  async #begin(wanted: Wanted): Promise<Exposition> {
    // Side by side: an isolate that is blocked holds both up, but no longer than either of them.
    const [own, foreign] = await Promise.all([
      this.#read(wanted),
      this.#asking.foreign(wanted.encoding),
    ]);
    // A client that asks by name wants metrics of the heap.
    const shown = wanted.samples === undefined ? foreign : [];
    return this.#expositions.add(extended(own, shown, wanted.encoding.format));
  }

  async #read(wanted: Wanted): Promise<Buffer> {
    const { heap: options } = this.#shown;
    if (options === null) {
      return Buffer.from(isOpenMetrics(wanted.encoding.format) ? '# EOF\n' : '');
    }
    try {
      return await this.#scrape(options, wanted);
    } catch {
      // Whoever only reads does not keep a heap: it may have been closed and made again meanwhile.
      this.close();
      return this.#scrape(options, wanted);
    }
  }

  async #scrape(options: HeapOptions, wanted: Wanted): Promise<Buffer> {
    const heap = (this.#heap ??= observe(options));
    if (options.id === undefined) this.#follow(heap);
    const registries = [...this.#shown.registries];
    return awaitNative(() => heap.scrape({ ...this.#constant, ...wanted, registries }));
  }

  /** The next heap of a name has numbers of its own for the registries, and may not have all of them yet. */
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
