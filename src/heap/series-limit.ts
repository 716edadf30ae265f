// The limits of series: how many a metric may have in a heap, and how many all metrics may have together.

import { warn } from '../errors';

/** The limit of a metric by default. */
const SERIES_LIMIT = 100_000;
/** The greatest limit, which is the limit of a heap by default. */
const MOST = 2 ** 32 - 1;

/** Limits of series. @internal */
export interface SeriesLimits {
  /** The most series of a metric. */
  seriesLimit: number;
  /** The most series of the whole heap. */
  maxSeries: number;
}

let limits: SeriesLimits | undefined;

/** The limits from the environment, or the defaults. @internal */
export function seriesLimits(): SeriesLimits {
  return (limits ??= {
    seriesLimit: limitIn('MPMETRICS_SERIES_LIMIT', SERIES_LIMIT),
    maxSeries: limitIn('MPMETRICS_MAX_SERIES', MOST),
  });
}

function limitIn(variable: string, initial: number): number {
  const text = process.env[variable];
  if (!text) return initial;
  const number = Number(text);
  if (isSeriesLimit(number)) return number;
  warn(
    'MPMETRICS_BAD_ARGUMENT',
    `${variable}=${text} means nothing: it can be a whole number above 0.`,
  );
  return initial;
}

/** Whether a number is a valid limit. @internal */
export function isSeriesLimit(number: unknown): number is number {
  return Number.isInteger(number) && (number as number) > 0 && (number as number) <= MOST;
}
