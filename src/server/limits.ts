// Bounds of scrapes: how many at once, and for how long.

import type { IncomingMessage } from 'http';

/** The part of a client's time that a scrape may use. The rest is for the way back. */
const SHARE = 0.8;

/** An answer that was not made, because the server is too busy or the time is over. @internal */
export class Refusal extends Error {}

/** The bounds of the scrapes of a server. @internal */
export class Limits {
  readonly #maxScrapes: number;
  #scrapes = 0;

  /** @param maxScrapes The most scrapes in progress. */
  constructor(maxScrapes: number) {
    this.#maxScrapes = maxScrapes;
  }

  /**
   * Makes an answer within the bounds.
   *
   * @param within The time in milliseconds; undefined: there is no limit.
   * @throws Refusal if there are too many scrapes, or if the time is over.
   */
  async keep<Made>(within: number | undefined, make: () => Promise<Made>): Promise<Made> {
    if (this.#scrapes >= this.#maxScrapes) {
      throw new Refusal(`${this.#maxScrapes} scrapes are in progress, which is the limit`);
    }
    this.#scrapes += 1;
    const made = make();
    const free = (): void => {
      this.#scrapes -= 1;
    };
    // A scrape whose client has given up still takes its place until it has ended.
    made.then(free, free);
    return within === undefined ? made : inTime(made, within);
  }
}

/**
 * The time in milliseconds that the answer to a client may take, by the header that Prometheus sends; undefined without
 * a valid one.
 * @internal
 */
export function timeOf({ headers }: Pick<IncomingMessage, 'headers'>): number | undefined {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? 1000 * SHARE * seconds : undefined;
}

async function inTime<Made>(made: Promise<Made>, within: number): Promise<Made> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = (): void => reject(new Refusal('the time of the client is over'));
    // The longest time of a timer in Node.js.
    timer = setTimeout(refuse, Math.min(within, 2 ** 31 - 1));
  });
  try {
    return await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
}
