// How many series a metric may have in a heap.

import { warn } from '../errors';

/** How many series a metric may have, unless somebody says otherwise. */
const SERIES_LIMIT = 100_000;

let limit: number | undefined;

/** How many series a metric may have, as the environment says it. @internal */
export function seriesLimit(): number {
  return (limit ??= limitIn(process.env['MPMETRICS_SERIES_LIMIT']));
}

function limitIn(text: string | undefined): number {
  if (!text) return SERIES_LIMIT;
  const number = Number(text);
  if (isSeriesLimit(number)) return number;
  warn(
    'MPMETRICS_BAD_ARGUMENT',
    `MPMETRICS_SERIES_LIMIT=${text} means nothing: it can be a whole number above 0.`,
  );
  return SERIES_LIMIT;
}

/** Whether a metric can have that many series. @internal */
export function isSeriesLimit(number: unknown): number is number {
  return Number.isInteger(number) && (number as number) > 0 && (number as number) < 2 ** 32;
}
