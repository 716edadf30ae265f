// The choices of the reader: search, filter, time window, pause, and the view by process.

import type { SeriesLabels } from '../present/metric-family';
import type { PageHead } from '../present/page-data';

/** The choices. */
export interface View {
  /** Words in names or help texts of families. */
  search: string;
  /** Parts of labels, such as `method=GET`. */
  filter: string;
  /** The seconds that charts show. */
  seconds: number;
  isPaused: boolean;
  isByProcess: boolean;
}

/** The time windows, in seconds, in the order of their keys. */
export const WINDOWS = [60, 300, 900] as const;

/** The choices of a new page. */
export function newView(): View {
  return { search: '', filter: '', seconds: WINDOWS[0], isPaused: false, isByProcess: false };
}

/** Whether the search admits a family: each word is in its name or its help. */
export function isFound({ name, help }: PageHead, search: string): boolean {
  const text = `${name} ${help}`.toLowerCase();
  return wordsOf(search).every((word) => text.includes(word));
}

/** Whether the filter admits a series: each word is in one of its labels, as `name=value`. */
export function isAdmitted(labels: SeriesLabels, filter: string): boolean {
  const words = wordsOf(filter);
  if (words.length === 0) return true;
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`.toLowerCase());
  return words.every((word) => pairs.some((pair) => pair.includes(word)));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}
