// Values of series, as data for JSON and as numbers for display.

import type { Family } from './reading';
import { number, quantity, unitOf } from '../present/units';

/** A series of a family. @internal */
export type Series = Family['series'][number];

/** The labels of a series, in their order. @internal */
export function labelsOf(series: Series): [name: string, value: string][] {
  const { labels } = series;
  return Array.from({ length: labels.length / 2 }, (_, index) => [
    labels[2 * index] as string,
    labels[2 * index + 1] as string,
  ]);
}

/** The value of a label. @internal */
export function labelOf({ labels }: Series, name: string): string | undefined {
  for (let index = 0; index < labels.length; index += 2) {
    if (labels[index] === name) return labels[index + 1];
  }
  return undefined;
}

/** Whether the values of a family are counts: of observations, or a value that only grows. @internal */
export function isCounted({ kind }: Family): boolean {
  return kind === 'counter' || kind === 'histogram' || kind === 'summary';
}

/** The count of a series, or its value. @internal */
export function valueOf({ value, count }: Series): number {
  return value ?? count ?? NaN;
}

/** The value of a series, for display. @internal */
export function valueText(family: Family, series: Series): string {
  const { kind, name, states } = family;
  if (kind === 'enum') return states[series.value ?? -1] ?? '?';
  if (kind === 'histogram' || kind === 'summary') return number(valueOf(series));
  return quantity(valueOf(series), unitOf(name));
}
