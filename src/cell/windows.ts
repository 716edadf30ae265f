// The windows of a summary: its quantiles are of the values of the last so many intervals.

import { monotonic } from '../heap/clock';
import { layout } from '../heap/native';

/** The windows of a summary. @internal */
export interface Windows {
  /** How many there are; 0: the quantiles are of all values. */
  readonly count: number;
  /** How long each of them takes values, in seconds. */
  readonly interval: number;
}

/** No windows: one with the number 0 takes all values. */
const NONE: Windows = { count: 0, interval: 0 };

/** The windows that prom-client's options mean: both have to be there, or there are none. @internal */
export function windowsOf(maxAgeSeconds?: number, ageBuckets?: number): Windows {
  const isGiven = maxAgeSeconds !== undefined && ageBuckets !== undefined;
  if (!isGiven || !(maxAgeSeconds > 0) || !(ageBuckets >= 1)) return NONE;
  // What is more than a cell can have becomes longer windows: the same age, in coarser steps.
  const count = Math.min(Math.floor(ageBuckets), layout.summaryMaxWindows);
  return { count, interval: maxAgeSeconds / count };
}

/** The number of the window that takes values now: the same in all processes of the machine. @internal */
export function windowNow({ count, interval }: Windows): number {
  return count === 0 ? 0 : Math.floor(monotonic() / interval);
}

/** Whether the values of a window count, when `now` is the number of the one that takes values. @internal */
export function isCurrent({ count }: Windows, number: number, now: number): boolean {
  return count === 0 || (number > now - count && number <= now);
}

/** Which of a cell's windows has that number. @internal */
export function indexOf({ count }: Windows, number: number): number {
  return count === 0 ? 0 : number % count;
}

/** What the bins of an octave are known by in the window of that number. @internal */
export function tagOf(octave: number, windows: Windows, number: number): number {
  return octave + indexOf(windows, number) * layout.summaryWindowTag;
}
