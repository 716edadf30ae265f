// The series limit: how many series a metric may have in a heap.

import { warn } from '../errors';

/** The limit by default. */
const SERIES_LIMIT = 100_000;

let limit: number | undefined;

/** The limit from the environment, or the default. @internal */
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

/** Whether a number is a valid limit. @internal */
export function isSeriesLimit(number: unknown): number is number {
  return Number.isInteger(number) && (number as number) > 0 && (number as number) < 2 ** 32;
}
