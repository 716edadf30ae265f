// Expositions on their way to clients. Each is held once for all of its readers. Slow readers are dropped.

import type { ServerResponse } from 'http';
import { gzip } from 'zlib';

/** The most expositions in transfer. Beyond this, the readers of the oldest are dropped. */
const MOST_ALIVE = 32;
/** The most bytes of these expositions together, without the newest. */
const MOST_BYTES = 64 * 2 ** 20;

/** A smaller text, in bytes, is not compressed. */
const WORTH_COMPRESSING = 1024;

/** One exposition, and the clients that read it. @internal */
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

  /** Adds a client, until its response is closed. */
  addReader(response: ServerResponse): void {
    this.#readers.add(response);
    response.on('close', () => this.#readers.delete(response));
  }

  /** Whether any client reads it. */
  get isRead(): boolean {
    return this.#readers.size > 0;
  }

  /** Drops the clients that read it. */
  drop(): void {
    for (const reader of this.#readers) reader.destroy();
  }

  /** The compressed text; undefined if compression is not worth it. */
  async compressed(): Promise<Buffer | undefined> {
    if (this.body.length < WORTH_COMPRESSING) return undefined;
    return (this.#compressed ??= this.#expositions.compress(this));
  }
}

/** The expositions of a server. @internal */
export class Expositions {
  #alive: Exposition[] = [];
  /** The end of the last requested compression. */
  #last: Promise<unknown> = Promise.resolve();

  /** Adds a text, and drops the oldest expositions if there are too many. */
  add(body: Buffer): Exposition {
    const exposition = new Exposition(body, this);
    this.#alive = this.#alive.filter(({ isRead }) => isRead);
    while (this.#alive.length >= MOST_ALIVE || bytesOf(this.#alive) > MOST_BYTES) {
      this.#alive.shift()?.drop();
    }
    this.#alive.push(exposition);
    return exposition;
  }

  /**
   * Compresses one exposition after the other, because the threads for it are the application's. Undefined for an
   * exposition without readers.
   */
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
    // Fast rather than small: it takes the application's processor time, and the text shrinks to a tenth at any level.
    gzip(body, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
