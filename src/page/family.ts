// A family in the browser: its series, and the readings of the last minutes.

import type { SeriesLabels } from '../present/metric-family';
import type { PageChange, PageHead, PageValue } from '../present/page-data';
import { WINDOWS } from './view';

/** A reading: the values by the place of the series. A series that was not there has none. */
export interface Frame {
  readonly time: number;
  readonly values: readonly (PageValue | undefined)[];
}

/** A series. Its place stays the same while the page is open. */
export interface PageSeries {
  readonly labels: SeriesLabels;
  readonly place: number;
}

/** The readings of a family are kept for the longest window … */
const MOST_SECONDS = Math.max(...WINDOWS) + 5;
/** … and up to so many values. */
const MOST_VALUES = 400_000;

/** The shortest time between two readings, in seconds. */
const SHORTEST = 0.4;

/** A family with its history. */
export class Family {
  head: PageHead;
  /** The present series, in the order of the server. */
  series: readonly PageSeries[] = [];
  readonly frames: Frame[] = [];
  readonly #places = new Map<string, number>();
  #values: (PageValue | undefined)[] = [];

  constructor(head: PageHead) {
    this.head = head;
  }

  /** Takes a reading. */
  take(time: number, { labels, values }: PageChange): void {
    if (labels !== undefined) {
      this.series = labels.map((each) => ({ labels: each, place: this.#placeOf(each) }));
      this.#values = [];
    }
    const now = [...this.#values];
    for (const [index, value] of values) {
      const place = this.series[index]?.place;
      if (place !== undefined) now[place] = value;
    }
    this.#values = now;
    // A rate over a very short time would only be noise, as after a new connection.
    if (time - (this.frames.at(-1)?.time ?? -Infinity) < SHORTEST) this.frames.pop();
    this.frames.push({ time, values: now });
    const most = Math.max(10, Math.floor(MOST_VALUES / Math.max(1, now.length)));
    const old = this.frames.findIndex((frame) => frame.time >= time - MOST_SECONDS);
    this.frames.splice(0, Math.max(old, this.frames.length - most, 0));
  }

  #placeOf(labels: SeriesLabels): number {
    const key = JSON.stringify(labels);
    const place = this.#places.get(key) ?? this.#places.size;
    this.#places.set(key, place);
    return place;
  }
}
