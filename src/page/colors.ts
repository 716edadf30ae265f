// The colours of charts, as the style sheet has them for light and dark.

/** The number of colours for series. */
export const SERIES_COLORS = 8;

/** A colour of the style sheet, by the name of its property. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** The colour of a series, by its place in the chart. */
export function seriesColor(index: number): string {
  return colorOf(`series-${(index % SERIES_COLORS) + 1}`);
}
