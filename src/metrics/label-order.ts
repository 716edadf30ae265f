// Lines of an exposition with the labels that this isolate has given last: the heap has those that were given first.

import type { Children } from './children';
import type { Cell } from '../cell/kinds';
import type { Family } from '../heap/family';
import type { MetricType } from '../present/metric-object';

/** What this isolate knows of a metric's labels. */
interface Source {
  readonly metric: { readonly name: string; readonly type: MetricType };
  readonly families: readonly Family[];
  readonly children: Pick<Children<Cell<unknown>>, 'relabelled'>;
}

/** Labels as they are printed, without their braces: whatever a value may have in it. */
const LABELS = '(?:[^"}]|"(?:[^"\\\\]|\\\\.)*")*';

/**
 * The text with other labels in the lines of a metric's series that are to be shown with others. A series has one text for
 * all who scrape it, so that they agree on it; who prints gauges and histograms as prom-client does changes its own copy.
 * @internal
 */
export function relabelled(text: string, { metric, families, children }: Source): string {
  const shown = new Map<string, string>();
  for (const [given, last] of children.relabelled()) {
    for (const family of families) shown.set(family.text(given), family.text(last));
  }
  for (const [given, last] of shown) if (given === last) shown.delete(given);
  if (shown.size === 0) return text;
  const { name, type } = metric;
  const [suffix, bound] =
    type === 'histogram' ? ['(?:_bucket|_sum|_count|_created)', '(le="[^"]*")?,?'] : ['', '()'];
  // What follows the last brace is a number.
  const beginnings = new RegExp(`^(${name}${suffix})(?:\\{${bound}(${LABELS})\\})? `, 'gm');
  return text.replaceAll(beginnings, (beginning, sample: string, le = '', labels = '') => {
    const last = shown.get(labels);
    if (last === undefined) return beginning;
    const all = [le, last].filter((part) => part !== '').join(',');
    return all === '' ? `${sample} ` : `${sample}{${all}} `;
  });
}
