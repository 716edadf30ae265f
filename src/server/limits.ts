// The time that a scrape may take, and the number of scrapes in progress.

import type { IncomingMessage } from 'http';

/** The part of a client's time that a scrape may use. The rest is for the way back. */
const SHARE = 0.8;

/** How many scrapes may be in progress unless the application says otherwise. @internal */
export const MAX_SCRAPES = 1000;

/** Whether a value is a valid limit of scrapes in progress. @internal */
export function isMaxScrapes(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

/** An answer that was not made, because the server is too busy or the time is over. @internal */
export class Refusal extends Error {}

/**
 * The time in milliseconds that the answer to a client may take, by the header that Prometheus sends; undefined without
 * a valid one.
 * @internal
 */
export function timeOf({ headers }: Pick<IncomingMessage, 'headers'>): number | undefined {
  const seconds = Number(headers['x-prometheus-scrape-timeout-seconds'] ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? 1000 * SHARE * seconds : undefined;
}

/**
 * Waits for an answer within the time of its client.
 *
 * @param within The time in milliseconds; undefined: there is no limit.
 * @throws Refusal if the time is over.
 * @internal
 */
export async function inTime<Made>(made: Promise<Made>, within: number | undefined): Promise<Made> {
  if (within === undefined) return made;
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
