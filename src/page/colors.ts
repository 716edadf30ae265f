// The colours of charts, as the style sheet has them for light and dark.

/** The number of colours for series. */
export const SERIES_COLORS = 8;

/** The colours that were read. Each reading makes the browser compute the styles of the document. */
const known = new Map<string, string>();

/** Calls `changed` after each change between light and dark. */
export function onOtherColors(changed: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    known.clear();
    changed();
  });
}

/** A colour of the style sheet, by the name of its property. */
export function colorOf(name: string): string {
  const color =
    known.get(name) ??
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  known.set(name, color);
  return color;
}

/** The colour of a series, by its place in the chart. */
export function seriesColor(index: number): string {
  return colorOf(`series-${(index % SERIES_COLORS) + 1}`);
}
