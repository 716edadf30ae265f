// The windows of a summary. Its quantiles are those of the last windows.

import { monotonic } from '../heap/clock';
import { layout } from '../heap/native';

/** The windows of a summary. @internal */
export interface Windows {
  /** How many windows there are. 0: the quantiles are those of all values. */
  readonly count: number;
  /** How long each window takes values, in seconds. */
  readonly interval: number;
}

/** Without windows, all values go to the window 0. */
const NONE: Windows = { count: 0, interval: 0 };

/** The windows for prom-client's options. Without both options there are none. @internal */
export function windowsOf(maxAgeSeconds?: number, ageBuckets?: number): Windows {
  const isGiven = maxAgeSeconds !== undefined && ageBuckets !== undefined;
  if (!isGiven || !(maxAgeSeconds > 0) || !(ageBuckets >= 1)) return NONE;
  // More windows than a cell can have become fewer, longer ones of the same total age.
  const count = Math.min(Math.floor(ageBuckets), layout.summaryMaxWindows);
  return { count, interval: maxAgeSeconds / count };
}

/** The number of the present window, which is the same in all processes of the machine. @internal */
export function windowNow({ count, interval }: Windows): number {
  return count === 0 ? 0 : Math.floor(monotonic() / interval);
}

/** Whether the values of a window still count when `now` is the present window. @internal */
export function isCurrent({ count }: Windows, number: number, now: number): boolean {
  return count === 0 || (number > now - count && number <= now);
}

/** The index of the window of that number in a cell. @internal */
export function indexOf({ count }: Windows, number: number): number {
  return count === 0 ? 0 : number % count;
}

/** The tag of an octave's bins in the window of that number. @internal */
export function tagOf(octave: number, windows: Windows, number: number): number {
  return octave + indexOf(windows, number) * layout.summaryWindowTag;
}
