// Expositions on their way to clients: each is kept once, however many read it, and not for those who read too slowly.

import type { ServerResponse } from 'http';
import { gzip } from 'zlib';

/** How many expositions may be on their way at once. Those who read the oldest are dropped. */
const MOST_ALIVE = 32;
/** How many bytes these may have in all, besides the newest. */
const MOST_BYTES = 64 * 2 ** 20;

/** Below this size, in bytes, compressing is not worth it. */
const WORTH_COMPRESSING = 1024;

/** One exposition, and the clients who read it. @internal */
export class Exposition {
  /** The text. */
  readonly body: Buffer;
  readonly #expositions: Expositions;
  readonly #readers = new Set<ServerResponse>();
  #compressed: Promise<Buffer | undefined> | undefined;

  constructor(body: Buffer, expositions: Expositions) {
    this.body = body;
    this.#expositions = expositions;
  }

  /** Takes a client in, until its response is closed. */
  addReader(response: ServerResponse): void {
    this.#readers.add(response);
    response.on('close', () => this.#readers.delete(response));
  }

  /** Whether anybody reads it. */
  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  /** Drops those who read it. */
  drop(): void {
    for (const reader of this.#readers) reader.destroy();
  }

  /** The text compressed, or nothing where that is not worth it. */
  async compressed(): Promise<Buffer | undefined> {
    if (this.body.length < WORTH_COMPRESSING) return undefined;
    return (this.#compressed ??= this.#expositions.compress(this));
  }
}

/** The expositions of a server. @internal */
export class Expositions {
  #alive: Exposition[] = [];
  /** The end of the last compression that was asked for. */
  #last: Promise<unknown> = Promise.resolve();

  /** Makes one of a text, and drops the oldest if there are too many now. */
  add(body: Buffer): Exposition {
    const exposition = new Exposition(body, this);
    this.#alive = this.#alive.filter(({ isRead }) => isRead);
    while (this.#alive.length >= MOST_ALIVE || bytesOf(this.#alive) > MOST_BYTES) {
      this.#alive.shift()?.drop();
    }
    this.#alive.push(exposition);
    return exposition;
  }

  /** One after the other: the threads that compress are the application's. Nothing for an exposition that nobody reads any more. */
  async compress(exposition: Exposition): Promise<Buffer | undefined> {
    const compressed = this.#last.then(async () =>
      exposition.isRead ? gzipped(exposition.body) : undefined,
    );
    this.#last = compressed.catch(() => undefined);
    return compressed;
  }
}

function bytesOf(expositions: readonly Exposition[]): number {
  return expositions.reduce((sum, { body }) => sum + body.length, 0);
}

async function gzipped(body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Fast rather than small: it is the application's processor, and the text shrinks to a tenth either way.
    gzip(body, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
