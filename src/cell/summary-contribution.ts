// The contribution of an isolate to a summary: read from one cell, and added to another.

import type { Location } from '../heap/arena';
import type { Attachment } from '../heap/attachment';
import { layout } from '../heap/native';
import { middle, OCTAVE_BINS, RAW_VALUES } from './sketch';
import { isCurrent, windowNow, type Windows } from './windows';
import type { Point, Summarized } from './kinds';

/** The contents of a cell of this isolate. */
export function summarizedAt(
  location: Location,
  windows: Windows,
  attachment: Attachment,
): Summarized {
  const { f64, u32, base } = location;
  const found: Summarized['windows'][number][] = [];
  const all = Math.max(1, windows.count);
  for (let index = 0; index < all; index += 1) {
    const window = base + layout.summaryWindows + index * layout.summaryWindowWords;
    const tag = f64[window + layout.summaryTag] as number;
    if (tag === 0) continue;
    const isSpilled = f64[window + layout.summarySpilled] === RAW_VALUES;
    const points = isSpilled ? binsAt(location, all, index, attachment) : rawAt(f64, window);
    found.push({ number: tag - 1, points });
  }
  found.sort((one, other) => one.number - other.number);
  // After an interrupted update, count and sum of the intent count.
  const isOpen = ((u32[2 * (base + layout.summarySequence)] as number) & 1) !== 0;
  const count = f64[base + (isOpen ? layout.summaryIntentCount : layout.summaryCount)] as number;
  const sum = f64[base + (isOpen ? layout.summaryIntentSum : layout.summarySum)] as number;
  return { count, sum, windows: found };
}

/** The single values of a window. */
function rawAt(f64: Float64Array, window: number): Point[] {
  const count = Math.min(f64[window + layout.summaryWindowCount] as number, RAW_VALUES);
  const values = f64.subarray(window + layout.summaryRaw, window + layout.summaryRaw + count);
  return Array.from(values, (value): Point => [value, 1]);
}

/** The bins of a window. The last word of the cell leads to them, and to the bins of the other windows. */
function binsAt(
  { u32, base }: Location,
  all: number,
  index: number,
  attachment: Attachment,
): Point[] {
  const points: Point[] = [];
  let place = u32[2 * (base + layout.summaryWindows + all * layout.summaryWindowWords)] as number;
  // In a corrupt heap, a block may lead back to an earlier one.
  const seen = new Set<number>();
  while (place !== 0 && !seen.has(place)) {
    seen.add(place);
    const block = attachment.locate(place);
    if (block === null) break;
    const tag = block.u32[2 * (block.base + layout.extensionTag)] as number;
    const first = block.base + layout.extensionBody;
    const bins = Math.floor(tag / layout.summaryWindowTag) === index ? OCTAVE_BINS : 0;
    for (let bin = 0; bin < bins; bin += 1) {
      const weight = block.f64[first + bin] as number;
      if (weight > 0) points.push([middle(tag % layout.summaryWindowTag, bin), weight]);
    }
    place = block.u32[2 * (block.base + layout.extensionNext)] as number;
  }
  return points;
}

/** The methods by which a cell takes a contribution. */
export interface Receiver {
  /** Puts one value into the window of that number. */
  put(number: number, value: number): void;
  /** Adds a value that was observed several times to the bins of a window with bins. */
  putMany(number: number, value: number, times: number): void;
}

/**
 * Adds the values of a contribution that are not too old to another cell. The first values of each window are put in
 * one by one, so that the window gets bins. The rest of a bin is added at once.
 */
export function mergeInto(contribution: Summarized, windows: Windows, receiver: Receiver): void {
  const now = windowNow(windows);
  for (const { number, points } of contribution.windows) {
    if (!isCurrent(windows, number, now)) continue;
    let left = RAW_VALUES + 1;
    for (const [value, weight] of points) {
      const single = Math.min(left, weight);
      for (let times = 0; times < single; times += 1) receiver.put(number, value);
      left -= single;
      if (weight > single) receiver.putMany(number, value, weight - single);
    }
  }
}
