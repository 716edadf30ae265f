// The limit of scrapes in progress, and its check. Settings use them without the server.

/** How many scrapes may be in progress unless the application says otherwise. @internal */
export const MAX_SCRAPES = 1000;

/** Whether a value is a valid limit of scrapes in progress. @internal */
export function isMaxScrapes(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}
