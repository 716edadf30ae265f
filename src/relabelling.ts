// Lines of an exposition with the labels that this isolate has given last: the heap has those that were given first.

import type { Children } from './children';
import type { Cell } from './cell/kinds';
import type { Family } from './family';

/** What this isolate knows of a metric's labels. */
interface Source {
  readonly name: string;
  readonly families: readonly Family[];
  readonly children: Pick<Children<Cell<unknown>>, 'relabelled'>;
}

/**
 * The text with other labels in the lines of a metric's series that are to be shown with others. A series has one text for
 * all who scrape it, so that they agree on it; who prints gauges as prom-client does changes its own copy.
 * @internal
 */
export function relabelled(text: string, { name, families, children }: Source): string {
  const shown = new Map<string, string>();
  for (const [given, last] of children.relabelled()) {
    for (const family of families) shown.set(family.text(given), family.text(last));
  }
  if (shown.size === 0) return text;
  // What follows the last brace is a number.
  const beginnings = new RegExp(`^${name}(?:\\{(.*)\\})? `, 'gm');
  return text.replaceAll(beginnings, (beginning, labels: string | undefined) => {
    const last = shown.get(labels ?? '');
    if (last === undefined) return beginning;
    return last === '' ? `${name} ` : `${name}{${last}} `;
  });
}
